import { fileURLToPath } from 'node:url';
import { DomainError, type Probe } from '@personr/kernel';
import { FilesystemObjects } from './filesystem.objects.js';
import { type ObjectStore } from './object-store.js';

/**
 * Opens the store that a URL names: `file:///directory`, or `s3://bucket?region=...&endpoint=...` (region `us-east-1`
 * when left out, Amazon's own endpoint when left out). Throws `CONFIG_INVALID`; connects at first use. Amazon's SDK is
 * loaded only for whoever uses it.
 */
export async function openObjectStore(text: string): Promise<ObjectStore> {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url !== null && isDirectory(url)) return new FilesystemObjects(fileURLToPath(url));
  if (url === null || !isBucket(url)) throw invalid();
  const bucket = bucketOf(url);
  const { S3Objects } = await import('./s3.objects.js');
  return new S3Objects(bucket);
}

const isDirectory = ({ protocol, host, search }: URL): boolean =>
  protocol === 'file:' && host === '' && search === '';

const isBucket = ({ protocol, hostname, pathname, username, password, searchParams }: URL): boolean =>
  protocol === 's3:' &&
  hostname !== '' &&
  (pathname === '' || pathname === '/') &&
  username === '' &&
  password === '' &&
  [...searchParams.keys()].every((name) => name === 'region' || name === 'endpoint');

function bucketOf({ hostname, searchParams }: URL) {
  const endpoint = searchParams.get('endpoint');
  if (endpoint !== null && !URL.canParse(endpoint)) throw invalid();
  return {
    bucket: hostname,
    region: searchParams.get('region') ?? 'us-east-1',
    ...(endpoint === null ? {} : { endpoint }),
  };
}

const invalid = (): DomainError =>
  new DomainError(
    'CONFIG_INVALID',
    'OBJECT_STORE_URL must be file:///directory or s3://bucket?region=...&endpoint=..., without credentials.',
  );

/** Answers for the object store in `/health/ready`. */
export class ObjectStoreProbe implements Probe {
  readonly name = 'objectStore';

  constructor(private readonly objects: ObjectStore) {}

  /** Resolves with the `kind` of store when it can be written to. */
  async check(): Promise<Readonly<Record<string, string>>> {
    await this.objects.check();
    return { kind: this.objects.kind };
  }
}
