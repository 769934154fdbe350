import { Readable } from 'node:stream';
import { GetObjectCommand, HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { DomainError } from '@personr/kernel';
import { assertListed, assertObjectName } from './object-name.js';
import { type ByteRange, type ObjectName, type ObjectSelection, ObjectStore } from './object-store.js';
import { abortUploads, listUploads, listVersions, removeVersions } from './s3.listing.js';

/** Where a bucket is. Credentials come from the SDK's own chain: environment, shared files, the machine's role. */
export type S3Options = {
  readonly bucket: string;
  readonly region: string;
  /** Of a server that is not Amazon's. */
  readonly endpoint?: string;
};

const PART_BYTES = 8 * 1024 * 1024;
const PARTS_AT_ONCE = 2;

/** Objects in a bucket of S3 or of what speaks its protocol, versioned or not. */
export class S3Objects extends ObjectStore {
  readonly kind = 's3';
  private readonly client: S3Client;
  private readonly bucket: string;

  constructor({ bucket, region, endpoint }: S3Options) {
    super();
    this.bucket = bucket;
    this.client = new S3Client({
      region,
      ...(endpoint === undefined ? {} : { endpoint }),
      forcePathStyle: true,
      // What we store is sealed, and each chunk of it checks itself.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    });
  }

  async put(name: ObjectName, body: AsyncIterable<Uint8Array>): Promise<void> {
    assertObjectName(name);
    let failure: { error: unknown } | undefined;
    const upload = new Upload({
      client: this.client,
      params: {
        Bucket: this.bucket,
        Key: name,
        Body: Readable.from(noting(body, (error) => (failure = { error }))),
      },
      partSize: PART_BYTES,
      queueSize: PARTS_AT_ONCE,
      leavePartsOnError: false,
    });
    try {
      await upload.done();
    } catch (error) {
      throw failure === undefined ? unavailable(error) : failure.error;
    }
  }

  async *get(name: ObjectName, range?: ByteRange): AsyncIterable<Uint8Array> {
    assertObjectName(name);
    const command = new GetObjectCommand({
      Bucket: this.bucket,
      Key: name,
      ...(range === undefined ? {} : { Range: `bytes=${range.start}-${range.end}` }),
    });
    const { Body: body } = await this.client.send(command).catch((error: unknown) => {
      throw isAbsent(error) ? missing() : unavailable(error);
    });
    yield* body as Readable;
  }

  async remove(selection: ObjectSelection): Promise<number> {
    return this.each(selection, async (place) => {
      let removed = 0;
      for await (const uploads of listUploads(place, selection))
        removed += await abortUploads(place, uploads);
      for await (const versions of listVersions(place, selection))
        removed += await removeVersions(place, versions);
      return removed;
    });
  }

  async remaining(selection: ObjectSelection): Promise<number> {
    return this.each(selection, async (place) => {
      let left = 0;
      for await (const uploads of listUploads(place, selection)) left += uploads.length;
      for await (const versions of listVersions(place, selection)) left += versions.length;
      return left;
    });
  }

  async *names(prefix: string): AsyncIterable<readonly ObjectName[]> {
    assertListed(prefix);
    const place = { client: this.client, bucket: this.bucket };
    try {
      for await (const versions of listVersions(place, { prefix })) yield versions.map(({ Key }) => Key);
      for await (const uploads of listUploads(place, { prefix })) yield uploads.map(({ Key }) => Key);
    } catch (error) {
      throw unavailable(error);
    }
  }

  async check(): Promise<void> {
    await this.client.send(new HeadBucketCommand({ Bucket: this.bucket }));
  }

  close(): void {
    this.client.destroy();
  }

  private async each(
    selection: ObjectSelection,
    work: (place: { client: S3Client; bucket: string }) => Promise<number>,
  ): Promise<number> {
    assertObjectName(selection.prefix);
    try {
      return await work({ client: this.client, bucket: this.bucket });
    } catch (error) {
      throw unavailable(error);
    }
  }
}

/** Passes copies of the bytes on, since parts are kept until they are sent, and says when it was they that failed. */
async function* noting(
  body: AsyncIterable<Uint8Array>,
  failed: (error: unknown) => void,
): AsyncIterable<Uint8Array> {
  try {
    for await (const bytes of body) yield Buffer.from(bytes);
  } catch (error) {
    failed(error);
    throw error;
  }
}

const isAbsent = (error: unknown): boolean => error instanceof Error && error.name === 'NoSuchKey';

const missing = () =>
  new DomainError('OBJECT_MISSING', 'The bytes of this document are not where they were put.');

const unavailable = (error: unknown) =>
  new DomainError('SERVICE_UNAVAILABLE', 'The object store did not answer. Try again.', { cause: error });
