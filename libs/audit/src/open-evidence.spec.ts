import { openEvidence } from './open-evidence.js';

const SECRET = 'Marker-41ab';

describe('the URL of an evidence store', () => {
  it.each([
    ['file:///somewhere/evidence', 'DirectoryEvidence'],
    ['s3://evidence', 'BucketEvidence'],
    ['s3://evidence?region=eu-west-1&endpoint=http%3A%2F%2F127.0.0.1%3A1', 'BucketEvidence'],
  ])('%s names a store', async (url, kind) => {
    expect((await openEvidence(url)).constructor.name).toBe(kind);
  });

  it.each([
    '',
    SECRET,
    `https://${SECRET}`,
    `file://${SECRET}/directory`,
    `file:///directory?${SECRET}`,
    's3://',
    `s3://bucket/${SECRET}`,
    `s3://key:${SECRET}@bucket`,
    `s3://bucket?secret=${SECRET}`,
    `s3://bucket?endpoint=${SECRET}`,
  ])('%j is refused without being quoted', async (url) => {
    const refused = openEvidence(url);
    await expect(refused).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    await expect(refused).rejects.not.toThrow(SECRET);
  });
});
