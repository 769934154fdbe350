import { tempDirectory } from '@personr/testkit';
import { ObjectStoreProbe, openObjectStore } from './open-object-store.js';

const SECRET = 'Marker-9d11';

describe('the URL of an object store', () => {
  it('names a directory, or a bucket', async () => {
    expect((await openObjectStore('file:///somewhere/objects')).kind).toBe('filesystem');
    for (const url of [
      's3://documents',
      's3://documents?region=eu-west-1&endpoint=http%3A%2F%2F127.0.0.1%3A1',
    ]) {
      const objects = await openObjectStore(url);
      expect(objects.kind).toBe('s3');
      objects.close();
    }
  });

  it.each([
    SECRET,
    `https://${SECRET}`,
    `file://${SECRET}/directory`,
    `file:///directory?${SECRET}`,
    's3://',
    `s3://bucket/${SECRET}`,
    `s3://key:${SECRET}@bucket`,
    `s3://bucket?secret=${SECRET}`,
    `s3://bucket?endpoint=${SECRET}`,
  ])('is refused without being quoted: %s', async (url) => {
    const refused = openObjectStore(url);
    await expect(refused).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    await expect(refused).rejects.not.toThrow(SECRET);
  });

  it('leads to a store that health asks', async () => {
    const objects = await openObjectStore(`file://${tempDirectory()}/objects`);
    expect(await new ObjectStoreProbe(objects).check()).toEqual({ kind: 'filesystem' });
  });
});
