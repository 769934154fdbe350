import { join } from 'node:path';
import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { minioProgram, type MinioServer, startMinio } from '@personr/stack';
import { tempDirectory } from '@personr/testkit';
import { openObjectStore } from './open-object-store.js';
import { type ObjectName } from './object-store.js';
import { describeObjectStore } from './object-store.contract.spec-helper.js';

const program = minioProgram();
const REGION = 'us-east-1';

// The one test that may be skipped: tools/stack/bin/ensure-minio.sh, which CI calls, builds the server.
const describeWhereHad = program === undefined ? describe.skip : describe;

describeWhereHad('S3, on MinIO (skipped: no server; tools/stack/bin/ensure-minio.sh builds one)', () => {
  let server: MinioServer;
  let client: S3Client;

  beforeAll(async () => {
    server = await startMinio({ program: program ?? '', directory: join(tempDirectory('s3'), 'minio') });
    process.env.AWS_ACCESS_KEY_ID = server.accessKeyId;
    process.env.AWS_SECRET_ACCESS_KEY = server.secretAccessKey;
    client = new S3Client({ region: REGION, endpoint: server.url, forcePathStyle: true });
  });

  afterAll(async () => {
    client.destroy();
    delete process.env.AWS_ACCESS_KEY_ID;
    delete process.env.AWS_SECRET_ACCESS_KEY;
    await server.stop();
  });

  const open = (bucket: string) =>
    openObjectStore(`s3://${bucket}?region=${REGION}&endpoint=${encodeURIComponent(server.url)}`);

  const abandonIn = (bucket: string) => async (name: ObjectName) => {
    const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket: bucket, Key: name }));
    const part = { Bucket: bucket, Key: name, UploadId, PartNumber: 1, Body: 'half of it' };
    await client.send(new UploadPartCommand(part));
  };

  const makeBucket = async (Bucket: string, isVersioned: boolean) => {
    await client.send(new CreateBucketCommand({ Bucket }));
    if (!isVersioned) return;
    const VersioningConfiguration = { Status: 'Enabled' as const };
    await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
  };

  for (const isVersioned of [true, false]) {
    const bucket = isVersioned ? 'versioned' : 'plain';
    describeObjectStore(isVersioned ? 'in a versioned bucket' : 'in a bucket without versions', async () => {
      await makeBucket(bucket, isVersioned);
      const objects = await open(bucket);
      return {
        objects,
        keepsVersions: isVersioned,
        abandon: abandonIn(bucket),
        close: () => {
          objects.close();
          return Promise.resolve();
        },
      };
    });
  }

  it('R-60: removes what lies behind the marker of a removal, and the marker', async () => {
    await makeBucket('marked', true);
    const objects = await open('marked');
    const Key = 'aa/bb/cc';
    await client.send(new PutObjectCommand({ Bucket: 'marked', Key, Body: 'first' }));
    await client.send(new DeleteObjectCommand({ Bucket: 'marked', Key }));
    await client.send(new PutObjectCommand({ Bucket: 'marked', Key, Body: 'second' }));
    await client.send(new DeleteObjectCommand({ Bucket: 'marked', Key }));
    expect(await objects.remaining({ prefix: 'aa/bb/' })).toBe(4);
    expect(await objects.remove({ prefix: 'aa/bb/' })).toBe(4);
    expect(await objects.remaining({ prefix: 'aa/bb/' })).toBe(0);
    objects.close();
  });

  it('is not ready without its bucket, or without credentials that open it', async () => {
    const nowhere = await open('nowhere');
    await expect(nowhere.check()).rejects.toThrow();
    nowhere.close();
    process.env.AWS_SECRET_ACCESS_KEY = 'another';
    const locked = await open('versioned');
    await expect(locked.check()).rejects.toThrow();
    await expect(locked.remaining({ prefix: 'aa/' })).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    process.env.AWS_SECRET_ACCESS_KEY = server.secretAccessKey;
    locked.close();
  });
});
