import fc from 'fast-check';
import { toBase64, utf8 } from './bytes.js';
import { formatTlogProof, parseTlogProof } from './tlog-proof.js';
import { hashLeaf } from './tree.js';

const code = (name: string) => expect.objectContaining({ code: name }) as Error;
const [left, right] = [hashLeaf(utf8('left')), hashLeaf(utf8('right'))];
const lines = `${toBase64(left)}\n${toBase64(right)}\n`;

describe('a tlog-proof', () => {
  it('is written as C2SP says', () => {
    expect(formatTlogProof({ index: 5, path: [left, right], checkpoint: 'test checkpoint\n' })).toBe(
      `c2sp.org/tlog-proof@v1\nindex 5\n${lines}\ntest checkpoint\n`,
    );
    expect(formatTlogProof({ index: 0, path: [], checkpoint: 'c\n' })).toBe(
      'c2sp.org/tlog-proof@v1\nindex 0\n\nc\n',
    );
    expect(formatTlogProof({ index: 9, path: [left], checkpoint: 'c\n', extra: utf8('more') })).toBe(
      `c2sp.org/tlog-proof@v1\nextra bW9yZQ==\nindex 9\n${toBase64(left)}\n\nc\n`,
    );
  });

  it('is read back', () => {
    const hash = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Uint8Array.from(bytes));
    const proofs = fc.record(
      {
        index: fc.maxSafeNat(),
        path: fc.array(hash, { maxLength: 63 }),
        checkpoint: fc.string(),
        extra: fc.uint8Array({ minLength: 1, maxLength: 99 }).map((bytes) => Uint8Array.from(bytes)),
      },
      { requiredKeys: ['index', 'path', 'checkpoint'] },
    );
    fc.assert(
      fc.property(proofs, (proof) => {
        expect(parseTlogProof(formatTlogProof(proof))).toEqual({ ...proof });
      }),
    );
  });

  it.each([
    ['another version', `c2sp.org/tlog-proof@v2\nindex 5\n${lines}\nc\n`],
    ['another host', `c2spXorg/tlog-proof@v1\nindex 5\n${lines}\nc\n`],
    ['no index', `c2sp.org/tlog-proof@v1\n${lines}\nc\n`],
    ['a leading zero', `c2sp.org/tlog-proof@v1\nindex 05\n${lines}\nc\n`],
    ['a negative index', `c2sp.org/tlog-proof@v1\nindex -5\n${lines}\nc\n`],
    ['an index that is not safe', `c2sp.org/tlog-proof@v1\nindex 9007199254740992\n${lines}\nc\n`],
    ['a short hash', `c2sp.org/tlog-proof@v1\nindex 5\n${toBase64(left.slice(1))}\n\nc\n`],
    ['loose base64', `c2sp.org/tlog-proof@v1\nindex 5\n ${lines}\nc\n`],
    ['64 hashes', `c2sp.org/tlog-proof@v1\nindex 5\n${lines.repeat(32)}\nc\n`],
    ['no blank line', `c2sp.org/tlog-proof@v1\nindex 5\n${lines}`],
    ['loose extra', `c2sp.org/tlog-proof@v1\nextra bW9yZR==\nindex 5\n${lines}\nc\n`],
    ['extra after the index', `c2sp.org/tlog-proof@v1\nindex 5\nextra bW9yZQ==\n${lines}\nc\n`],
    ['carriage returns', `c2sp.org/tlog-proof@v1\r\nindex 5\r\n${lines}\r\nc\n`],
  ])('is refused when it has %s', (_, text) => {
    expect(() => parseTlogProof(text)).toThrow(code('NOTE_MALFORMED'));
  });

  it('is not made of what cannot be one', () => {
    const refused = (index: number, path: Uint8Array[]) => {
      expect(() => formatTlogProof({ index, path, checkpoint: 'c\n' })).toThrow(code('PROOF_INVALID'));
    };
    refused(-1, []);
    refused(0, [new Uint8Array(31)]);
    refused(
      0,
      Array.from({ length: 64 }, () => left),
    );
  });
});
