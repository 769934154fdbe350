import { join } from 'node:path';
import { type IncomingMessage, type ServerResponse } from 'node:http';
import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { minioProgram, type MinioServer, startMinio } from '@personr/stack';
import {
  type Certificate,
  type Inbox,
  selfSignedCertificate,
  startInbox,
  tempDirectory,
} from '@personr/testkit';
import { aLargeParcel, aParcel, describeCarrier, type TestEndpoint } from './carrier.contract.spec-helper.js';
import { dispatch } from './dispatch.js';
import { S3Carrier } from './s3.carrier.js';

const OPEN = { networks: ['127.0.0.0/8'] };
const REGION = 'us-east-1';
const program = minioProgram();
const describeWhereHad = program === undefined ? describe.skip : describe;

const carrierTo = (
  { url, ca }: { url: string; ca: string },
  { bucket = 'returned', accessKeyId = 'a', secretAccessKey = 'b' } = {},
): S3Carrier =>
  new S3Carrier(
    { kind: 'S3', url, region: REGION, bucket, prefix: 'returns/', ca },
    { accessKeyId, secretAccessKey },
  );

describeWhereHad('S3, on MinIO (skipped: no server; tools/stack/bin/ensure-minio.sh builds one)', () => {
  const certificate: Certificate = selfSignedCertificate('127.0.0.1');
  let server: MinioServer;
  let client: S3Client;
  let buckets = 0;

  beforeAll(async () => {
    const directory = join(tempDirectory('s3'), 'minio');
    server = await startMinio({ program: program ?? '', directory, certificate });
    client = new S3Client({
      region: REGION,
      endpoint: server.url,
      forcePathStyle: true,
      credentials: server,
      requestHandler: { httpsAgent: { ca: certificate.cert } },
    });
  });

  afterAll(async () => {
    client.destroy();
    await server.stop();
  });

  const newBucket = async (): Promise<string> => {
    buckets += 1;
    const Bucket = `returned-${buckets}`;
    await client.send(new CreateBucketCommand({ Bucket }));
    return Bucket;
  };
  const place = () => ({ url: server.url, ca: certificate.cert });

  describeCarrier('to a bucket', async (): Promise<TestEndpoint> => {
    const bucket = await newBucket();
    const { accessKeyId, secretAccessKey } = server;
    return {
      carrier: carrierTo(place(), { bucket, accessKeyId, secretAccessKey }),
      options: OPEN,
      read: async (name) => {
        const command = new GetObjectCommand({ Bucket: bucket, Key: `returns/${name}` });
        const answer = await client.send(command).catch(() => null);
        return answer === null ? null : Buffer.from((await answer.Body?.transformToByteArray()) ?? []);
      },
      names: async () => {
        const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket }));
        const unfinished = new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: 'returns/package.zip' });
        const { Uploads = [] } = await client.send(unfinished);
        return [...Contents, ...Uploads].map(({ Key = '' }) => Key.replace('returns/', ''));
      },
      close: () => Promise.resolve(),
    };
  });

  it('R-55: what an attempt that died left unfinished goes with the next', async () => {
    const Bucket = await newBucket();
    const Key = 'returns/package.zip';
    const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key }));
    await client.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 1, Body: 'half of it' }));
    const { accessKeyId, secretAccessKey } = server;
    const carrier = carrierTo(place(), { bucket: Bucket, accessKeyId, secretAccessKey });
    expect(await dispatch(carrier, aLargeParcel('package.zip', 1), OPEN)).toMatchObject({
      bytes: 1024 * 1024,
    });
    const { Uploads } = await client.send(new ListMultipartUploadsCommand({ Bucket, Prefix: Key }));
    expect(Uploads ?? []).toEqual([]);
  });

  it.each([
    ['another secret', { secretAccessKey: 'another' }],
    ['another bucket', { bucket: 'nowhere' }],
  ])('refuses %s', async (_, changes) => {
    const { accessKeyId, secretAccessKey } = server;
    const carrier = carrierTo(place(), {
      accessKeyId,
      secretAccessKey,
      bucket: await newBucket(),
      ...changes,
    });
    expect(await dispatch(carrier, aParcel('package.zip', Buffer.from('x')), OPEN)).toEqual({
      reason: 'REFUSED',
    });
  });

  it('is not spoken to under a certificate that nobody vouches for', async () => {
    const ca = selfSignedCertificate('127.0.0.1').cert;
    const carrier = carrierTo({ url: server.url, ca });
    expect(await dispatch(carrier, aLargeParcel('package.zip', 1), OPEN)).toEqual({ reason: 'CERTIFICATE' });
  });
});

describe('a bucket behind a server that does what it should not', () => {
  let inbox: Inbox;

  beforeEach(async () => {
    inbox = await startInbox();
  });

  afterEach(() => inbox.stop());

  const send = (mebibytes: number, options = {}) =>
    dispatch(carrierTo(inbox), aLargeParcel('package.zip', mebibytes), { ...OPEN, ...options });
  const xml = (code: string): string =>
    `<?xml version="1.0"?><Error><Code>${code}</Code><Message>what it says</Message></Error>`;
  /** Lists nothing; everything else is answered so. */
  const otherwise =
    (answer: (request: IncomingMessage, response: ServerResponse) => void) =>
    (request: IncomingMessage, response: ServerResponse): void => {
      if (request.method === 'GET')
        response.writeHead(200).end('<?xml version="1.0"?><ListMultipartUploadsResult/>');
      else answer(request, response);
    };

  it.each([
    ['is full', 507, 'XMinioStorageFull', 'FULL'],
    ['has reached its quota', 400, 'XMinioAdminBucketQuotaExceeded', 'FULL'],
    ['is elsewhere', 301, 'PermanentRedirect', 'REDIRECTED'],
    ['is elsewhere for now', 307, 'TemporaryRedirect', 'REDIRECTED'],
    ['is not ours', 403, 'AccessDenied', 'REFUSED'],
    ['asks for less', 503, 'SlowDown', 'SLOW'],
  ])('that %s', async (_, status, code, reason) => {
    inbox.answer = otherwise((request, response) => {
      request.resume().once('end', () => {
        response.writeHead(status, { Location: `${inbox.url}/elsewhere`, 'Content-Type': 'application/xml' });
        response.end(xml(code));
      });
    });
    expect(await send(1)).toEqual({ reason });
    expect(inbox.requests.some(({ url }) => url?.includes('elsewhere'))).toBe(false);
  });

  it('that closes midway has not got it', async () => {
    inbox.answer = otherwise((request) => void request.once('data', () => request.socket.destroy()));
    expect(await send(4)).toEqual({ reason: 'CLOSED_MIDWAY' });
  });

  it('that stands still is given up in time', async () => {
    inbox.answer = otherwise((request) => void request.pause());
    expect(await send(4, { patienceMilliseconds: 300 })).toEqual({ reason: 'SLOW' });
  });
});
