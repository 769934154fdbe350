import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import fc from 'fast-check';
import { fromBase64, utf8 } from './bytes.js';
import { ed25519KeyId, ed25519Signer, formatVkey, parseVkey } from './ed25519.js';
import { openNote, signNote, type NoteSigner } from './note.js';

const code = (name: string) => expect.objectContaining({ code: name }) as Error;

// Published with golang.org/x/mod/sumdb/note.
const PETER = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const PETER_SECRET = 'AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz';
const ENOCH = 'EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop';
const TEXT =
  "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const PETER_LINE =
  '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n';
const ENOCH_LINE =
  '— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n';

const peter = parseVkey(PETER);
const enoch = parseVkey(ENOCH);
const peterSigner = () => ed25519Signer('PeterNeumann', fromBase64(PETER_SECRET)!.slice(1));

describe('the published notes of golang.org/x/mod/sumdb/note', () => {
  it('are signed to the byte', () => {
    expect(peterSigner().vkey).toBe(PETER);
    expect(signNote(TEXT, [peterSigner()])).toBe(`${TEXT}\n${PETER_LINE}`);
  });

  it('open with either key and with both', () => {
    const note = `${TEXT}\n${PETER_LINE}${ENOCH_LINE}`;
    expect(openNote(note, [peter])).toEqual({ text: TEXT, signedBy: [peter] });
    expect(openNote(note, [enoch])).toEqual({ text: TEXT, signedBy: [enoch] });
    expect(openNote(note, [enoch, peter]).signedBy).toEqual([peter, enoch]);
  });

  it('count a key once, however often it signed', () => {
    expect(openNote(`${TEXT}\n${PETER_LINE}${PETER_LINE}`, [peter]).signedBy).toEqual([peter]);
  });
});

describe('a signed note', () => {
  const note = `${TEXT}\n${PETER_LINE}`;

  it('is refused when nobody trusted signed it', () => {
    expect(() => openNote(note, [enoch])).toThrow(code('PROOF_INVALID'));
    expect(() => openNote(note, [])).toThrow(code('PROOF_INVALID'));
  });

  it('is refused when a trusted key’s signature fails, even beside a good one', () => {
    const bad = ENOCH_LINE.replace('rwz+eBzm', 'rwz+eBzn');
    expect(() => openNote(`${note}${bad}`, [peter, enoch])).toThrow(code('PROOF_INVALID'));
    expect(openNote(`${note}${bad}`, [peter]).signedBy).toEqual([peter]);
  });

  it('is refused when another key signed it under a trusted name', () => {
    const other = ed25519Signer('PeterNeumann', new Uint8Array(32).fill(1));
    expect(() => openNote(signNote(TEXT, [other]), [peter])).toThrow(code('PROOF_INVALID'));
    const disguised: NoteSigner = { name: other.name, keyId: peter.keyId, sign: (text) => other.sign(text) };
    expect(() => openNote(signNote(TEXT, [disguised]), [peter])).toThrow(code('PROOF_INVALID'));
  });

  it('is refused with any one bit turned', () => {
    const bytes = utf8(note);
    for (let at = 0; at < bytes.length * 8; at++) {
      const changed = bytes.slice();
      changed[at >> 3]! ^= 1 << (at & 7);
      expect(() => openNote(new TextDecoder().decode(changed), [peter])).toThrow();
    }
  });

  it.each([
    ['no signature', `${TEXT}\n`],
    ['no blank line', `${TEXT}${PETER_LINE}`],
    ['no last line break', note.trimEnd()],
    ['a carriage return', note.replace('\n', '\r\n')],
    ['a tab', note.replace('you', '\tyou')],
    ['a hyphen for the dash', note.replace('—', '-')],
    ['a name with a plus', note.replace('PeterNeumann', 'Peter+Neumann')],
    ['a name with a space', note.replace('PeterNeumann', 'Peter\u00a0Neumann')],
    ['loose base64', note.replace('nAM=', 'nAN=')],
    ['base64 without padding', note.replace('nAM=', 'nAM')],
    ['a key id alone', `${TEXT}\n— PeterNeumann x08gow==\n`],
    ['101 signatures', `${TEXT}\n${ENOCH_LINE.repeat(100)}${PETER_LINE}`],
  ])('is refused when it has %s', (_, broken) => {
    expect(() => openNote(broken, [peter])).toThrow();
  });

  it('keeps a text with blank lines whole', () => {
    const text = 'one\n\n\ntwo\n\n';
    expect(openNote(signNote(text, [peterSigner()]), [peter]).text).toBe(text);
  });

  it('opens to the text that was signed', () => {
    const line = fc.string({ unit: 'binary' }).map((part) => part.replace(/\p{Cc}/gu, ''));
    fc.assert(
      fc.property(line, (part) => {
        const text = `${part}\n`;
        expect(openNote(signNote(text, [peterSigner()]), [peter]).text).toBe(text);
      }),
      { numRuns: 40 },
    );
  });

  it('is not made of what cannot be one', () => {
    expect(() => signNote('no line break', [peterSigner()])).toThrow(code('NOTE_MALFORMED'));
    expect(() => signNote('tab\there\n', [peterSigner()])).toThrow(code('NOTE_MALFORMED'));
    expect(() => signNote(TEXT, [])).toThrow(code('NOTE_MALFORMED'));
    expect(() => signNote(TEXT, [{ ...peterSigner(), name: 'a b' }])).toThrow(code('KEY_MALFORMED'));
    expect(() => signNote(TEXT, [{ ...peterSigner(), keyId: new Uint8Array(3) }])).toThrow(
      code('KEY_MALFORMED'),
    );
  });
});

describe('a verifier key', () => {
  it('is refused in every part of it and with any character changed', () => {
    for (let from = 0; from < PETER.length; from++) {
      for (let to = from + 1; to <= PETER.length; to++) {
        if (to - from === PETER.length) continue;
        expect(() => parseVkey(PETER.slice(from, to))).toThrow(code('KEY_MALFORMED'));
      }
      const next = String.fromCharCode(PETER.charCodeAt(from) + 1);
      expect(() => parseVkey(PETER.slice(0, from) + next + PETER.slice(from + 1))).toThrow(
        code('KEY_MALFORMED'),
      );
    }
  });

  it.each([
    'PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==',
    'PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
    PETER.replace('c74f20a3', 'C74F20A3'),
    formatVkey('low-order', new Uint8Array(32)),
  ])('is refused when it is %s', (vkey) => {
    if (!vkey.startsWith('low-order')) {
      expect(() => parseVkey(vkey)).toThrow(code('KEY_MALFORMED'));
    } else {
      const forged = { name: 'low-order', keyId: ed25519KeyId('low-order', new Uint8Array(32)) };
      const nothing = { ...forged, sign: () => Uint8Array.from({ length: 64 }, (_, at) => Number(at === 0)) };
      expect(() => openNote(signNote(TEXT, [nothing]), [parseVkey(vkey)])).toThrow(code('PROOF_INVALID'));
    }
  });
});

describe('another implementation of Ed25519', () => {
  const DER_SECRET = '302e020100300506032b657004220420';
  const DER_PUBLIC = '302a300506032b6570032100';
  const secret = new Uint8Array(32).fill(3);
  const key = createPrivateKey({
    key: Buffer.concat([Buffer.from(DER_SECRET, 'hex'), secret]),
    format: 'der',
    type: 'pkcs8',
  });
  const raw = createPublicKey(key)
    .export({ format: 'der', type: 'spki' })
    .subarray(DER_PUBLIC.length / 2);

  it('signs notes that open here, and accepts notes signed here', () => {
    const name = 'personr.example/log';
    const theirs: NoteSigner = {
      name,
      keyId: ed25519KeyId(name, raw),
      sign: (text) => sign(null, text, key),
    };
    const ours = ed25519Signer(name, secret);
    expect(formatVkey(name, raw)).toBe(ours.vkey);
    expect(openNote(signNote(TEXT, [theirs]), [parseVkey(ours.vkey)]).text).toBe(TEXT);
    expect(verify(null, utf8(TEXT), createPublicKey(key), ours.sign(utf8(TEXT)))).toBe(true);
  });
});
