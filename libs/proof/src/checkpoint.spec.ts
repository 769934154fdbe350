import { toBase64 } from './bytes.js';
import { formatCheckpoint, openCheckpoint, parseCheckpoint } from './checkpoint.js';
import { ed25519Signer, parseVkey } from './ed25519.js';
import { signNote } from './note.js';
import { EMPTY_ROOT, hashLeaf } from './tree.js';

const code = (name: string) => expect.objectContaining({ code: name }) as Error;
const root = hashLeaf(Uint8Array.of(1));
const checkpoint = { origin: 'personr.example/log/9f3c', size: 20_852_163, root };

describe('a checkpoint', () => {
  it('is three lines', () => {
    expect(formatCheckpoint(checkpoint)).toBe(`personr.example/log/9f3c\n20852163\n${toBase64(root)}\n`);
    expect(formatCheckpoint({ origin: 'a', size: 0, root: EMPTY_ROOT })).toBe(
      'a\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n',
    );
  });

  it('is read back', () => {
    expect(parseCheckpoint(formatCheckpoint(checkpoint))).toEqual(checkpoint);
  });

  it('may carry extension lines', () => {
    expect(parseCheckpoint(`${formatCheckpoint(checkpoint)}more\n`)).toEqual(checkpoint);
  });

  it.each([
    ['no origin', `\n5\n${toBase64(root)}\n`],
    ['a leading zero', `a\n05\n${toBase64(root)}\n`],
    ['a sign', `a\n+5\n${toBase64(root)}\n`],
    ['a size that is not safe', `a\n9007199254740992\n${toBase64(root)}\n`],
    ['a short root', `a\n5\n${toBase64(root.slice(1))}\n`],
    ['loose base64', `a\n5\n${toBase64(root).replace(/.=$/, (end) => (end === 'A=' ? 'B=' : 'C='))}\n`],
    ['no last line break', `a\n5\n${toBase64(root)}`],
    ['an empty extension line', `a\n5\n${toBase64(root)}\n\n`],
    ['nothing', ''],
  ])('is refused when it has %s', (_, text) => {
    expect(() => parseCheckpoint(text)).toThrow(code('NOTE_MALFORMED'));
  });

  it('is not made of what cannot be one', () => {
    expect(() => formatCheckpoint({ ...checkpoint, origin: '' })).toThrow(code('NOTE_MALFORMED'));
    expect(() => formatCheckpoint({ ...checkpoint, origin: 'a\n9' })).toThrow(code('NOTE_MALFORMED'));
    expect(() => formatCheckpoint({ ...checkpoint, size: 1.5 })).toThrow(code('PROOF_INVALID'));
    expect(() => formatCheckpoint({ ...checkpoint, root: new Uint8Array(31) })).toThrow(
      code('PROOF_INVALID'),
    );
  });
});

describe('a signed checkpoint', () => {
  const signedBy = (name: string) => {
    const signer = ed25519Signer(name, new Uint8Array(32).fill(1));
    return [signNote(formatCheckpoint(checkpoint), [signer]), parseVkey(signer.vkey)] as const;
  };

  it.each(['personr.example/log/9f3c', 'personr.example/log', 'personr.example'])(
    'opens with the key of %s',
    (name) => {
      const [note, key] = signedBy(name);
      expect(openCheckpoint(note, [key])).toEqual({ ...checkpoint, signedBy: [name] });
    },
  );

  it.each([
    'personr.example/log/9f3',
    'personr.example/log/9f3c/',
    'other.example',
    'personr.example/log/0000',
  ])('is refused when only the key of %s, another log, signed it', (name) => {
    const [note, key] = signedBy(name);
    expect(() => openCheckpoint(note, [key])).toThrow(code('PROOF_INVALID'));
  });
});
