import { createHash } from 'node:crypto';
import { announcedSha256, digestHeader } from './content-digest.js';

const digest = createHash('sha256').update('text').digest();
const base64 = digest.toString('base64');

describe('the digest of a document', () => {
  it('is read from the header, also beside others, and written as it is read', () => {
    for (const header of [
      digestHeader(digest),
      `sha-256=:${base64}:`,
      ` sha-256 = :${base64}: `,
      `sha-512=:AAAA:, sha-256=:${base64}:`,
    ]) {
      expect(Buffer.from(announcedSha256(header)!).equals(digest)).toBe(true);
    }
    expect(announcedSha256(undefined)).toBeNull();
  });

  it.each([
    '',
    base64,
    `sha-256=${base64}`,
    'sha-256=::',
    'sha-256=:AAAA:',
    'sha-512=:AAAA:',
    `sha-256=:${base64}:, x`,
  ])('is refused when it is none: %s', (header) => {
    expect(() => announcedSha256(header)).toThrow(
      expect.objectContaining({ code: 'VALIDATION_FAILED' }) as Error,
    );
  });
});
