import {
  formatAddCheckpoint,
  parseAddCheckpoint,
  readWitnessAnswer,
  SIZE_TYPE,
  type WitnessResponse,
} from './ask-witness.js';
import { formatCheckpoint } from './checkpoint.js';
import { cosignatureLine, cosignaturesOn, parseWitnessVkey } from './cosignature.js';
import { ed25519Signer } from './ed25519.js';
import { signNote } from './note.js';
import { aCosigner } from './testing.js';
import { EMPTY_ROOT } from './tree.js';

const code = (name: string) => expect.objectContaining({ code: name }) as Error;
const TEXT = formatCheckpoint({ origin: 'personr.example/meta', size: 9, root: EMPTY_ROOT });
const checkpoint = signNote(TEXT, [ed25519Signer('personr.example/meta', new Uint8Array(32).fill(7))]);
const hash = new Uint8Array(32).fill(1);

describe('what a log asks of a witness', () => {
  it('is an old size, the path, a blank line and the checkpoint, and is read back', () => {
    const asked = { oldSize: 7, path: [hash, EMPTY_ROOT], checkpoint };
    const body = formatAddCheckpoint(asked);
    expect(body).toBe(
      `old 7\nAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n${checkpoint}`,
    );
    expect(parseAddCheckpoint(body)).toEqual(asked);
    expect(parseAddCheckpoint(formatAddCheckpoint({ oldSize: 0, path: [], checkpoint }))).toEqual({
      oldSize: 0,
      path: [],
      checkpoint,
    });
  });

  it.each([
    ['nothing', ''],
    ['no size', `\n\n${checkpoint}`],
    ['a leading zero', `old 07\n\n${checkpoint}`],
    ['a sign', `old +7\n\n${checkpoint}`],
    ['two spaces', `old  7\n\n${checkpoint}`],
    ['a size beyond 2^53', `old 9999999999999999\n\n${checkpoint}`],
    ['no blank line', 'old 7\n'],
    ['a short hash', `old 7\nAQE=\n\n${checkpoint}`],
    ['loose base64', `old 7\nAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQF=\n\n${checkpoint}`],
    ['a carriage return', `old 7\r\n\n${checkpoint}`],
    ['64 hashes', `old 7\n${'47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n'.repeat(64)}\n${checkpoint}`],
  ])('is refused with %s', (_, body) => {
    expect(() => parseAddCheckpoint(body)).toThrow(code('NOTE_MALFORMED'));
  });

  it('is not written with what cannot be one', () => {
    expect(() => formatAddCheckpoint({ oldSize: -1, path: [], checkpoint })).toThrow(code('PROOF_INVALID'));
    expect(() => formatAddCheckpoint({ oldSize: 1, path: [hash.slice(1)], checkpoint })).toThrow(
      code('PROOF_INVALID'),
    );
  });
});

describe('what a witness answers', () => {
  const one = aCosigner(1);
  const witness = parseWitnessVkey(one.vkey);
  const read = (response: Partial<WitnessResponse>) =>
    readWitnessAnswer({ status: 200, contentType: null, body: '', ...response }, { checkpoint, witness });

  it('is put beneath the checkpoint, what strangers signed left out', () => {
    const lines = cosignatureLine(TEXT, aCosigner(2), 5) + cosignatureLine(TEXT, one, 6);
    const answer = read({ body: lines });
    if (answer.is !== 'COSIGNED') throw new Error(answer.is);
    expect(answer.checkpoint).toBe(checkpoint + cosignatureLine(TEXT, one, 6));
    expect([...cosignaturesOn(answer.checkpoint, [witness]).values()]).toEqual([{ name: one.name, at: 6 }]);
  });

  it('is believed only with a good cosignature of its own', () => {
    expect(() => read({ body: cosignatureLine(TEXT, aCosigner(2), 5) })).toThrow(code('PROOF_INVALID'));
    expect(() => read({ body: cosignatureLine('other\n', one, 5) })).toThrow(code('PROOF_INVALID'));
    expect(() => read({ body: 'thank you' })).toThrow(code('NOTE_MALFORMED'));
  });

  it('may say where it stands', () => {
    expect(read({ status: 409, contentType: SIZE_TYPE, body: '0\n' })).toEqual({ is: 'STANDS_AT', size: 0 });
    expect(read({ status: 409, contentType: SIZE_TYPE, body: '50\n' })).toEqual({
      is: 'STANDS_AT',
      size: 50,
    });
    for (const body of ['', '50', '050\n', '-1\n', '9999999999999999\n']) {
      expect(() => read({ status: 409, contentType: SIZE_TYPE, body })).toThrow(code('NOTE_MALFORMED'));
    }
  });

  it('may say that it saw another tree of this size, or refuse', () => {
    expect(read({ status: 409, contentType: 'text/plain', body: '50\n' })).toEqual({ is: 'FORKED' });
    for (const status of [400, 403, 404, 422, 500, 301]) {
      expect(read({ status })).toEqual({ is: 'REFUSED', status });
    }
  });
});
