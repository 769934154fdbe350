import { fileURLToPath } from 'node:url';
import { DomainError } from '@personr/kernel';
import { DirectoryEvidence } from './directory.evidence.js';
import { type EvidenceStore } from './evidence-store.js';

/**
 * Opens the evidence store that a URL names: `file:///directory`, or `s3://bucket?region=...&endpoint=...` (region
 * `us-east-1` when left out, Amazon's own endpoint when left out). Throws `CONFIG_INVALID`; connects at first use. Amazon's
 * SDK is loaded only for whoever uses it.
 */
export async function openEvidence(text: string): Promise<EvidenceStore> {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url !== null && isDirectory(url)) return new DirectoryEvidence(fileURLToPath(url));
  if (url === null || !isBucket(url)) throw invalid();
  const bucket = bucketOf(url);
  const { BucketEvidence } = await import('./bucket.evidence.js');
  return new BucketEvidence(bucket);
}

const isDirectory = ({ protocol, host, search }: URL): boolean =>
  protocol === 'file:' && host === '' && search === '';

const isBucket = ({ protocol, hostname, pathname, username, password, searchParams }: URL): boolean =>
  protocol === 's3:' &&
  hostname !== '' &&
  (pathname === '' || pathname === '/') &&
  username + password === '' &&
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
    'EVIDENCE_URL must be file:///directory or s3://bucket?region=...&endpoint=..., without credentials.',
  );
