import { join } from 'node:path';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApi } from '@personr/api';
import { backUp, drillOn, load, type OwnerEnvironment, replay } from '@personr/ops';
import { minioProgram, type MinioServer, startMinio } from '@personr/stack';
import { tempDirectory } from '@personr/testkit';
import supertest from 'supertest';
import { aDelete, anAdmission, idOf } from './bodies.js';
import { DocumentWire } from './document-wire.js';
import { type House, startHouse, tenantOf, type TestTenant } from './house.js';
import { ownerEnvironmentOf } from './older-data.js';

const program = minioProgram();
const REGION = 'us-east-1';
const BUCKET = 'documents';
const EVIDENCE = 'evidence';
const NAMES = ['gone', 'kept', 'lost', 'marked'] as const;
type Name = (typeof NAMES)[number];
const QUIET = (): void => undefined;

// Skipped where there is no server, as the contract of the store is: tools/stack/bin/ensure-minio.sh, which CI calls, builds one.
const describeWhereHad = program === undefined ? describe.skip : describe;

describeWhereHad('a backup beside documents and evidence in S3, on MinIO with versions', () => {
  let server: MinioServer;
  let client: S3Client;
  let house: House;
  let bank: TestTenant;
  let api: NestFastifyApplication;
  let environment: OwnerEnvironment;
  let backup: string;
  const subjects = new Map<Name, string>();
  const documents = new Map<Name, string>();

  /** Every version of a document's object, and every marker of a removal. */
  const versionsOf = async (name: Name) => {
    const Prefix = `${bank.tenantId}/${subjects.get(name) ?? ''}/`;
    const page = await client.send(new ListObjectVersionsCommand({ Bucket: BUCKET, Prefix }));
    return [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])];
  };
  const readOf = async (name: Name) => {
    const wire = await DocumentWire.open({ ...house, api }, bank);
    return wire.get(`${documents.get(name) ?? ''}?purpose=IDENTITY_VERIFICATION`);
  };

  beforeAll(async () => {
    server = await startMinio({ program: program ?? '', directory: join(tempDirectory('s3'), 'minio') });
    process.env.AWS_ACCESS_KEY_ID = server.accessKeyId;
    process.env.AWS_SECRET_ACCESS_KEY = server.secretAccessKey;
    client = new S3Client({ region: REGION, endpoint: server.url, forcePathStyle: true });
    for (const Bucket of [BUCKET, EVIDENCE]) await client.send(new CreateBucketCommand({ Bucket }));
    const VersioningConfiguration = { Status: 'Enabled' as const };
    await client.send(new PutBucketVersioningCommand({ Bucket: BUCKET, VersioningConfiguration }));
    const at = (bucket: string) =>
      `s3://${bucket}?region=${REGION}&endpoint=${encodeURIComponent(server.url)}`;
    house = await startHouse({ objects: at(BUCKET), evidence: at(EVIDENCE) });
    // Its idle connections are ended where the database is replaced.
    house.owner.on('error', () => undefined);
    api = house.api;
    environment = ownerEnvironmentOf(house);
    bank = await house.onboard('Bank');
    const wire = await DocumentWire.open(house, bank);
    for (const name of NAMES) {
      const id = idOf(await bank.post('/v1/subjects', anAdmission(name)).expect(201));
      subjects.set(name, id);
      const added = await wire.post(wire.path(id), Buffer.from(`the picture of ${name}`), {
        'content-type': 'image/png',
      });
      expect(added.status).toBe(201);
      documents.set(name, added.headers.location ?? '');
    }
    backup = join(tempDirectory('backup'), 'one');
    const manifest = await backUp(environment, backup, QUIET);
    expect(manifest.objects.count).toBe(NAMES.length);
  });

  afterAll(async () => {
    await api.close();
    await house.owner.end();
    await house.databases.drop();
    client.destroy();
    delete process.env.AWS_ACCESS_KEY_ID;
    delete process.env.AWS_SECRET_ACCESS_KEY;
    await server.stop();
  });

  it('R-61: puts back what the bucket has lost, and nothing of whoever was erased since', async () => {
    const order = idOf(
      await bank.post('/v1/instructions', aDelete({ id: subjects.get('gone') })).expect(202),
    );
    expect((await house.ended(bank, order)).state).toBe('COMPLETED');
    expect(await versionsOf('gone')).toEqual([]);
    await house.stopWorker();
    // One object has gone with all its versions, one lies behind the marker of a removal.
    for (const { Key, VersionId } of await versionsOf('lost'))
      await client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key, VersionId }));
    const [marked] = await versionsOf('marked');
    await client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: marked!.Key }));
    expect((await readOf('lost')).status).not.toBe(200);
    expect((await readOf('marked')).status).not.toBe(200);

    await api.close();
    const said: string[] = [];
    await load(environment, backup, { replace: true, progress: (line) => said.push(line) });
    expect(said).toContainEqual('objects: 2 put back, 1 were there, 1 that nobody can open left away');
    expect(await versionsOf('gone')).toEqual([]);
    const replayed = await replay(environment);
    expect([...replayed!.tenants.values()]).toMatchObject([{ erasures: 1, quarantined: 0 }]);
    expect(await versionsOf('gone')).toEqual([]);
  });

  it('R-61, R-63: the service opens; survivors are read from the bucket, the erased by nobody', async () => {
    api = await createApi({ ...house.apiConfig, logLevel: 'silent' }, house.clock);
    const http = supertest(api.getHttpServer());
    await http.get('/health/ready').expect(200);
    bank = await tenantOf(http, bank);
    for (const name of ['kept', 'lost', 'marked'] as const) {
      const read = await readOf(name);
      expect([read.status, read.bytes.toString()]).toEqual([200, `the picture of ${name}`]);
    }
    expect((await readOf('gone')).status).toBe(404);
    await bank.get(`/v1/subjects/${subjects.get('gone') ?? ''}`).expect(404);
  });

  it('R-62: a drill on that backup holds every claim, and writes nothing to either bucket', async () => {
    const evidence = async () => {
      const { Contents: files = [] } = await client.send(new ListObjectsV2Command({ Bucket: EVIDENCE }));
      return files.map(({ Key, ETag, LastModified }) => [Key, ETag, LastModified]);
    };
    const [before, kept] = [
      await client.send(new ListObjectVersionsCommand({ Bucket: BUCKET })),
      await evidence(),
    ];
    expect(kept.length).toBeGreaterThan(0);
    const { report } = await drillOn(environment, backup, QUIET);
    expect(report.claims.map(({ held }) => held)).toEqual([true, true, true, true]);
    expect(report.erasedSince.map(({ subjectId }) => subjectId)).toEqual([subjects.get('gone')]);
    const after = await client.send(new ListObjectVersionsCommand({ Bucket: BUCKET }));
    expect(after.Versions).toEqual(before.Versions);
    expect(after.DeleteMarkers).toEqual(before.DeleteMarkers);
    expect(await evidence()).toEqual(kept);
  });
});
