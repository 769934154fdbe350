import {
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { isDomainError } from '@personr/kernel';
import {
  assertEvidencePath,
  type EvidenceFile,
  EvidenceStore,
  evidenceUnavailable,
} from './evidence-store.js';

/** Where a bucket is. Credentials come from the SDK's own chain: environment, shared files, the machine's role. */
export type BucketOptions = {
  readonly bucket: string;
  readonly region: string;
  /** Of a server that is not Amazon's. */
  readonly endpoint?: string;
};

const REQUESTS_AT_ONCE = 16;
/** What one request may remove (S3 DeleteObjects). */
const MOST_REMOVED = 1000;

/** Evidence as objects of a bucket of S3 or of what speaks its protocol; an object is seen whole or not at all. */
export class BucketEvidence extends EvidenceStore {
  private readonly client: S3Client;
  private readonly bucket: string;

  constructor({ bucket, region, endpoint }: BucketOptions) {
    super();
    this.bucket = bucket;
    this.client = new S3Client({
      region,
      ...(endpoint === undefined ? {} : { endpoint }),
      forcePathStyle: true,
    });
  }

  put(files: readonly EvidenceFile[]): Promise<void> {
    return guarded(async () => {
      for (const { path } of files) assertEvidencePath(path);
      const queue = new Map(files.map(({ path, bytes }) => [path, bytes])).entries();
      const lane = async (): Promise<void> => {
        for (const [Key, Body] of queue) {
          await this.client.send(new PutObjectCommand({ Bucket: this.bucket, Key, Body }));
        }
      };
      await Promise.all(Array.from({ length: REQUESTS_AT_ONCE }, lane));
    });
  }

  get(path: string): Promise<Uint8Array | null> {
    return guarded(async () => {
      assertEvidencePath(path);
      try {
        const { Body } = await this.client.send(new GetObjectCommand({ Bucket: this.bucket, Key: path }));
        return (await Body?.transformToByteArray()) ?? new Uint8Array(0);
      } catch (error) {
        if (error instanceof Error && error.name === 'NoSuchKey') return null;
        throw error;
      }
    });
  }

  list(path: string): Promise<string[]> {
    return guarded(async () => {
      assertEvidencePath(path);
      const names: string[] = [];
      let after: string | undefined;
      do {
        const page = await this.client.send(
          new ListObjectsV2Command({
            Bucket: this.bucket,
            Prefix: `${path}/`,
            Delimiter: '/',
            ...(after === undefined ? {} : { ContinuationToken: after }),
          }),
        );
        names.push(
          ...(page.Contents ?? []).flatMap(({ Key }) =>
            Key === undefined ? [] : [Key.slice(path.length + 1)],
          ),
        );
        after = page.IsTruncated === true ? page.NextContinuationToken : undefined;
      } while (after !== undefined);
      return names;
    });
  }

  remove(paths: readonly string[]): Promise<void> {
    return guarded(async () => {
      for (const path of paths) assertEvidencePath(path);
      for (let at = 0; at < paths.length; at += MOST_REMOVED) {
        const Objects = paths.slice(at, at + MOST_REMOVED).map((Key) => ({ Key }));
        const { Errors: errors = [] } = await this.client.send(
          new DeleteObjectsCommand({ Bucket: this.bucket, Delete: { Objects, Quiet: true } }),
        );
        if (errors.length > 0) throw new Error(`the server kept ${errors.length} objects`);
      }
    });
  }

  override close(): void {
    this.client.destroy();
  }
}

async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isDomainError(error)) throw error;
    throw evidenceUnavailable(error);
  }
}
