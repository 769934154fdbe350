import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openNote, parseVkey, signNote } from '@personr/proof';
import { tempDirectory } from '@personr/testkit';
import { LogSigner } from './log-signer.js';

const ORIGIN = 'personr.example/log/1';
const PKCS8 = { type: 'pkcs8', format: 'pem' } as const;

describe('the signing key of the log', () => {
  const file = join(tempDirectory('signer'), 'log.pem');

  beforeAll(() => {
    writeFileSync(file, generateKeyPairSync('ed25519').privateKey.export(PKCS8), { mode: 0o600 });
  });

  it.each([0o640, 0o604, 0o620, 0o660, 0o644, 0o777, 0o601])(
    'is refused when its file has mode %i (decimal)',
    (mode) => {
      chmodSync(file, mode);
      expect(() => LogSigner.fromFile(file)).toThrow(
        expect.objectContaining({ code: 'KEY_MALFORMED' }) as Error,
      );
    },
  );

  it.each([0o600, 0o400])(
    'is read when its file has mode %i (decimal), and signs what its vkey opens',
    (mode) => {
      chmodSync(file, mode);
      const signer = LogSigner.fromFile(file);
      const note = signNote('a text\n', [signer.forOrigin(ORIGIN)]);
      expect(openNote(note, [parseVkey(signer.vkey(ORIGIN))]).text).toBe('a text\n');
    },
  );

  it('verifies what it signed, and nothing else, as its vkey does', () => {
    chmodSync(file, 0o600);
    const signer = LogSigner.fromFile(file);
    const note = signNote('a text\n', [signer.forOrigin(ORIGIN)]);
    for (const key of [signer.verifierOf(ORIGIN), parseVkey(signer.vkey(ORIGIN))]) {
      expect(openNote(note, [key]).text).toBe('a text\n');
      for (const other of [note.replace('a text', 'b text'), note.replace(/.{6}\n$/, 'AAAAAA\n')]) {
        expect(() => openNote(other, [key])).toThrow(
          expect.objectContaining({ code: 'PROOF_INVALID' }) as Error,
        );
      }
    }
  });

  it('speaks for one log only under the name of that log', () => {
    chmodSync(file, 0o600);
    const signer = LogSigner.fromFile(file);
    const note = signNote('a text\n', [signer.forOrigin(ORIGIN)]);
    expect(() => openNote(note, [parseVkey(signer.vkey('personr.example/log/2'))])).toThrow(
      expect.objectContaining({ code: 'PROOF_INVALID' }) as Error,
    );
  });

  it('is Ed25519 and nothing else', () => {
    const other = join(tempDirectory('signer'), 'p256.pem');
    writeFileSync(other, generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export(PKCS8), {
      mode: 0o600,
    });
    expect(() => LogSigner.fromFile(other)).toThrow(
      expect.objectContaining({ code: 'KEY_MALFORMED' }) as Error,
    );
  });
});
