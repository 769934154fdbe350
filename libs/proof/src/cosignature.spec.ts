import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { formatCheckpoint } from './checkpoint.js';
import {
  cosignatureLine,
  cosignaturesOn,
  cosignedMessage,
  type Cosigner,
  ed25519Cosigner,
  formatWitnessVkey,
  parseWitnessVkey,
  withCosignatures,
  witnessKeyId,
} from './cosignature.js';
import { ed25519Signer, parseVkey } from './ed25519.js';
import { openNote, readNote, signNote } from './note.js';
import { aCosigner, COSIGNED_AT, cosigned } from './testing.js';
import { EMPTY_ROOT } from './tree.js';
import { toBase64, utf8 } from './bytes.js';

const code = (name: string) => expect.objectContaining({ code: name }) as Error;
const ORIGIN = 'personr.example/log/9f3c';
const signer = ed25519Signer(ORIGIN, new Uint8Array(32).fill(7));
const TEXT = formatCheckpoint({ origin: ORIGIN, size: 0, root: EMPTY_ROOT });
const note = signNote(TEXT, [signer]);
const witness = (made: { vkey: string }) => parseWitnessVkey(made.vkey);

describe('the example of C2SP tlog-cosignature', () => {
  // https://c2sp.org/tlog-cosignature: the checkpoint, the line of its witness, and the message it signed.
  const LINE =
    '— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n';
  const CHECKPOINT = 'example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n';

  it('is read to its time, and its message is written to the byte', () => {
    const { lines } = readNote(`${CHECKPOINT}\n${LINE}`);
    let message: Uint8Array | undefined;
    const [line] = lines;
    const key = {
      ...parseWitnessVkey(aCosigner(1).vkey, (_, bytes) => {
        message = bytes;
        return true;
      }),
      name: 'witness.example.com/w1',
      keyId: line!.keyId,
    };
    const found = cosignaturesOn(`${CHECKPOINT}\n${LINE}`, [key]);
    expect([...found.values()]).toEqual([{ name: 'witness.example.com/w1', at: 1679315147 }]);
    expect(new TextDecoder().decode(message)).toBe(`cosignature/v1\ntime 1679315147\n${CHECKPOINT}`);
  });
});

describe('a cosignature', () => {
  const one = aCosigner(1);
  const two = aCosigner(2);

  it('is found with its time, under the key it is of alone', () => {
    const found = cosignaturesOn(cosigned(note, [one, two]), [witness(one)]);
    expect([...found.values()]).toEqual([{ name: one.name, at: COSIGNED_AT }]);
    expect(cosignaturesOn(note, [witness(one)]).size).toBe(0);
  });

  it('leaves the log’s own signature as it is', () => {
    const both = cosigned(note, [one]);
    expect(openNote(both, [parseVkey(signer.vkey)]).text).toBe(TEXT);
    expect(() => openNote(both, [witness(two)])).toThrow(code('PROOF_INVALID'));
  });

  it('is refused with any one bit of it or of its time turned, or over another checkpoint', () => {
    const line = cosignatureLine(TEXT, one, COSIGNED_AT);
    const { keyId, signature } = readNote(`${TEXT}\n${line}`).lines[0]!;
    for (let bit = 0; bit < signature.length * 8; bit++) {
      const changed = signature.slice();
      changed[bit >> 3]! ^= 1 << (bit & 7);
      const forged = `— ${one.name} ${toBase64(Uint8Array.of(...keyId, ...changed))}\n`;
      expect(() => cosignaturesOn(`${note}${forged}`, [witness(one)])).toThrow(code('PROOF_INVALID'));
    }
    const other = signNote(formatCheckpoint({ origin: ORIGIN, size: 1, root: EMPTY_ROOT }), [signer]);
    expect(() => cosignaturesOn(`${other}${line}`, [witness(one)])).toThrow(code('PROOF_INVALID'));
  });

  it('is refused when a note signature is passed off as one', () => {
    const plain: Cosigner = { ...one, sign: () => one.sign(utf8(TEXT)) };
    const line = cosignatureLine(TEXT, plain, COSIGNED_AT);
    expect(() => cosignaturesOn(`${note}${line}`, [witness(one)])).toThrow(code('PROOF_INVALID'));
  });

  it('says a time that is one', () => {
    for (const at of [0, 253_402_300_800]) {
      const line = cosignatureLine(TEXT, one, at);
      expect(() => cosignaturesOn(`${note}${line}`, [witness(one)])).toThrow(code('PROOF_INVALID'));
    }
    for (const at of [-1, 0.5, NaN, 2 ** 53]) {
      expect(() => cosignatureLine(TEXT, one, at)).toThrow(code('PROOF_INVALID'));
    }
  });

  it('counts once a witness, by its latest time', () => {
    const again = `${cosigned(note, [one])}${cosignatureLine(TEXT, one, COSIGNED_AT + 9)}`;
    expect([...cosignaturesOn(again, [witness(one)]).values()]).toEqual([
      { name: one.name, at: COSIGNED_AT + 9 },
    ]);
  });

  it('verifies with another implementation of Ed25519, and theirs here', () => {
    const seed = Buffer.from('302e020100300506032b657004220420' + '03'.repeat(32), 'hex');
    const key = createPrivateKey({ key: seed, format: 'der', type: 'pkcs8' });
    const publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32);
    const ours = ed25519Cosigner('w.example', new Uint8Array(32).fill(3));
    const theirs: Cosigner = {
      name: 'w.example',
      publicKey: Uint8Array.from(publicKey),
      sign: (message) => Uint8Array.from(sign(null, message, key)),
    };
    expect(formatWitnessVkey('w.example', theirs.publicKey)).toBe(ours.vkey);
    expect(cosignatureLine(TEXT, theirs, 5)).toBe(cosignatureLine(TEXT, ours, 5));
    const message = cosignedMessage(TEXT, 5);
    expect(verify(null, message, createPublicKey(key), ours.sign(message))).toBe(true);
  });
});

describe('a witness’s key', () => {
  it('is never a key of a log, nor the other way round', () => {
    const made = aCosigner(7, ORIGIN);
    expect(witnessKeyId(ORIGIN, made.publicKey)).not.toEqual(signer.keyId);
    expect(() => parseWitnessVkey(signer.vkey)).toThrow(code('KEY_MALFORMED'));
    expect(() => parseVkey(made.vkey)).toThrow(code('KEY_MALFORMED'));
  });

  it('is refused with any character changed', () => {
    const { vkey } = aCosigner(1);
    for (let at = 0; at < vkey.length; at++) {
      const next = String.fromCharCode(vkey.charCodeAt(at) + 1);
      expect(() => parseWitnessVkey(vkey.slice(0, at) + next + vkey.slice(at + 1))).toThrow(
        code('KEY_MALFORMED'),
      );
    }
  });
});

describe('cosignatures that are put beneath a checkpoint', () => {
  const one = aCosigner(1);
  const two = aCosigner(2);
  const known = [witness(one), witness(two)];

  it('are those of known witnesses, each once, the new one for the old', () => {
    const first = withCosignatures(note, cosignatureLine(TEXT, one, 100), known);
    const stranger = cosignatureLine(TEXT, aCosigner(3), 100);
    const second = withCosignatures(
      first,
      `${cosignatureLine(TEXT, two, 100)}${stranger}${cosignatureLine(TEXT, one, 200)}`,
      known,
    );
    expect([...cosignaturesOn(second, known).values()]).toEqual(
      expect.arrayContaining([
        { name: one.name, at: 200 },
        { name: two.name, at: 100 },
      ]),
    );
    expect(readNote(second).lines).toHaveLength(3);
    expect(second).not.toContain(aCosigner(3).name);
    expect(second.startsWith(note)).toBe(true);
  });

  it('are refused when they are not cosignatures of this checkpoint', () => {
    const other = formatCheckpoint({ origin: ORIGIN, size: 1, root: EMPTY_ROOT });
    expect(() => withCosignatures(note, cosignatureLine(other, one, 100), known)).toThrow(
      code('PROOF_INVALID'),
    );
    for (const lines of ['', 'no\n', '— a b', cosignatureLine(TEXT, one, 100).trimEnd()]) {
      expect(() => withCosignatures(note, lines, known)).toThrow(code('NOTE_MALFORMED'));
    }
  });
});
