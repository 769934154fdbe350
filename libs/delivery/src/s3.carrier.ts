import { Agent } from 'node:https';
import { Readable } from 'node:stream';
import { AbortMultipartUploadCommand, ListMultipartUploadsCommand, S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { pinnedTo } from '@personr/access';
import { type Carrier, type Line, type Shipment } from './carrier.js';
import { codeOf, DeliveryFailure, reasonOf, reasonOfStatus } from './delivery-failure.js';
import { hostOf, type S3Address, type S3Secret } from './endpoint.js';

const PART_BYTES = 8 * 1024 * 1024;
const PARTS_AT_ONCE = 2;
const MOST_PARTS = 10_000;

/**
 * Puts each parcel into a bucket, in parts: seen whole or not at all. What an attempt that died left unfinished under the
 * name goes with the next one, where the credential may do that.
 */
export class S3Carrier implements Carrier {
  readonly measures = false;
  // Two parts of 8 MiB are taken at once, so the outflow stands still longer; that the connection moves is watched by itself.
  readonly patience = 10;

  constructor(
    private readonly address: S3Address,
    private readonly secret: S3Secret,
  ) {}

  get host(): string {
    return hostOf(new URL(this.address.url));
  }

  async bring({ name, flow, measure }: Shipment, line: Line): Promise<void> {
    const client = this.clientOver(line);
    const connection = noteFailures(client);
    const place = { Bucket: this.address.bucket, Key: `${this.address.prefix}${name}` };
    try {
      await dropUnfinished(client, place);
      const abortController = new AbortController();
      flow.signal.addEventListener('abort', () => {
        abortController.abort();
      });
      await new Upload({
        client,
        params: { ...place, Body: Readable.from(flow, { objectMode: false }) },
        partSize: Math.max(PART_BYTES, Math.ceil((measure?.size ?? 0) / MOST_PARTS)),
        queueSize: PARTS_AT_ONCE,
        leavePartsOnError: false,
        abortController,
      }).done();
    } catch (error) {
      throw failureOf(error, connection.failure);
    } finally {
      client.destroy();
    }
  }

  private clientOver({ addresses, connectMilliseconds, patienceMilliseconds }: Line): S3Client {
    const { url, region, ca } = this.address;
    const httpsAgent = new Agent({
      keepAlive: true,
      lookup: pinnedTo(addresses),
      minVersion: 'TLSv1.2',
      ...(ca === null ? {} : { ca }),
    });
    return new S3Client({
      region,
      endpoint: url,
      // One host, which was judged, whatever the bucket is called.
      forcePathStyle: true,
      credentials: { ...this.secret },
      maxAttempts: 2,
      // Many servers that are not Amazon's know none of the newer checksums; TLS keeps the bytes whole.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      requestHandler: {
        httpsAgent,
        connectionTimeout: connectMilliseconds,
        socketTimeout: patienceMilliseconds,
      },
    });
  }
}

/** Best effort: a credential that may only write cannot list, and then the bucket's own rules clear up. */
async function dropUnfinished(
  client: S3Client,
  { Bucket, Key }: { Bucket: string; Key: string },
): Promise<void> {
  try {
    const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket, Prefix: Key }));
    for (const { Key: key, UploadId } of Uploads)
      if (key === Key && UploadId !== undefined)
        await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
  } catch (error) {
    if (statusOf(error) === undefined) throw error;
  }
}

const statusOf = (error: unknown): number | undefined =>
  (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;

/** Keeps the last failure of a connection as it was, before the SDK makes one of its own errors of it. */
function noteFailures(client: S3Client): { failure: unknown } {
  const noted: { failure: unknown } = { failure: undefined };
  client.middlewareStack.add(
    (next) => async (call) => {
      try {
        return await next(call);
      } catch (error) {
        noted.failure = error;
        throw error;
      }
    },
    { step: 'deserialize', name: 'noteFailures' },
  );
  return noted;
}

/** Reads what the SDK throws: by the status where the server answered, else as the failure of the connection. */
function failureOf(error: unknown, connection: unknown): DeliveryFailure {
  if (/full|quota/i.test((error as Error).name)) return new DeliveryFailure('FULL');
  const status = statusOf(error) ?? 0;
  const ofAnswer = status >= 300 ? reasonOfStatus(status) : null;
  return new DeliveryFailure(ofAnswer ?? (isIdle(connection) ? 'SLOW' : reasonOf(connection)));
}

/** The handler's own timeouts bear no code: that of a connection which does not come about, and that of one which stands still. */
const isIdle = (failure: unknown): boolean => {
  const { name, message } = (failure ?? {}) as Partial<Error>;
  return (
    name === 'TimeoutError' && codeOf(failure) === '' && !(message ?? '').includes('establish a connection')
  );
};
