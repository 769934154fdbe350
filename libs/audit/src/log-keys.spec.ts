import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatCheckpoint, openCheckpoint, parseVkey, signNote } from '@personr/proof';
import { tempDirectory } from '@personr/testkit';
import { addKey, readKeyFile, retireKeys } from './key-file.js';
import { vkeysOf } from './log-keys.js';
import { LogSigner } from './log-signer.js';

const ORIGIN = 'personr.example/log/1';
const FIRST = new Date('2026-11-30T12:00:00.000Z');
const LATER = new Date('2027-02-28T12:00:00.000Z');
const malformed = expect.objectContaining({ code: 'KEY_MALFORMED' }) as Error;

describe('keys of the log that take turns', () => {
  let file: string;
  let signer: LogSigner;

  beforeEach(() => {
    file = join(tempDirectory('keys'), 'log.pem');
    const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });
    writeFileSync(file, pem, { mode: 0o600 });
    signer = LogSigner.fromFile(file);
  });

  const checkpoint = () =>
    signNote(
      formatCheckpoint({ origin: ORIGIN, size: 1, root: new Uint8Array(32) }),
      signer.signersOf(ORIGIN),
    );
  const opens = (note: string, vkey: string): boolean => {
    try {
      return openCheckpoint(note, [parseVkey(vkey)]).size === 1;
    } catch {
      return false;
    }
  };

  it('both sign for an overlap: who pinned either verifies', () => {
    const old = signer.vkey(ORIGIN);
    const before = checkpoint();
    addKey(file, FIRST);
    const young = signer.vkey(ORIGIN);
    const during = checkpoint();
    expect(young).not.toBe(old);
    expect([before, during].map((note) => [opens(note, old), opens(note, young)])).toEqual([
      [true, false],
      [true, true],
    ]);
  });

  it('are still listed when they are retired, with their times, and verify what they signed', () => {
    const old = signer.vkey(ORIGIN);
    const before = checkpoint();
    addKey(file, FIRST);
    retireKeys(file, LATER);
    const after = checkpoint();
    expect([opens(before, old), opens(after, old), opens(after, signer.vkey(ORIGIN))]).toEqual([
      true,
      false,
      true,
    ]);
    expect(openCheckpoint(before, signer.verifiersOf(ORIGIN)).signedBy).toEqual([ORIGIN]);
    expect(vkeysOf(ORIGIN, signer.keys())).toEqual([
      { vkey: signer.vkey(ORIGIN), from: FIRST.toISOString(), until: null },
      { vkey: old, from: null, until: LATER.toISOString() },
    ]);
  });

  it('leave nothing of a retired one in the file that could sign, and nobody else reads it', () => {
    const before = readFileSync(file, 'utf8');
    addKey(file, FIRST);
    expect(readFileSync(file, 'utf8')).toContain(before.trim());
    retireKeys(file, LATER);
    const kept = readFileSync(file, 'utf8');
    expect(kept.match(/BEGIN PRIVATE KEY/gu)).toHaveLength(1);
    expect(kept).not.toContain(before.split('\n')[1]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    retireKeys(file, new Date('2030-01-01T00:00:00.000Z'));
    expect(readKeyFile(file).map(({ until }) => until)).toEqual([null, LATER.toISOString()]);
  });

  it('are not signed with any more once others may read the file', () => {
    chmodSync(file, 0o644);
    expect(() => checkpoint()).toThrow(malformed);
    expect(() => addKey(file, FIRST)).toThrow(malformed);
    chmodSync(file, 0o600);
    expect(opens(checkpoint(), signer.vkey(ORIGIN))).toBe(true);
  });

  it('are changed by one at a time', () => {
    writeFileSync(`${file}.new`, 'of another');
    expect(() => addKey(file, FIRST)).toThrow(malformed);
    expect(readKeyFile(file)).toHaveLength(1);
  });

  it.each([
    ['nothing', () => ''],
    ['no key', () => 'from: 2026-11-30T12:00:00.000Z\n'],
    ['a public half alone', () => publicPem()],
    ['a key that is none', () => '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n'],
    ['a time that is none', () => `from: soon\n${readFileSync(file, 'utf8')}`],
  ])('are refused when the file holds %s', (_, text) => {
    writeFileSync(file, text());
    expect(() => readKeyFile(file)).toThrow(malformed);
  });
});

const publicPem = (): string =>
  generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }).toString();
