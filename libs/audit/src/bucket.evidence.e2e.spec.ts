import { join } from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { minioProgram, type MinioServer, startMinio } from '@personr/stack';
import { tempDirectory } from '@personr/testkit';
import { describeEvidenceStore } from './evidence-store.contract.spec-helper.js';
import { type EvidenceStore } from './evidence-store.js';
import { LogBench } from './log-bench.spec-helper.js';
import { openEvidence } from './open-evidence.js';

const program = minioProgram();
const REGION = 'us-east-1';

// Skipped where there is no server: tools/stack/bin/ensure-minio.sh, which CI calls, builds it.
const describeWhereHad = program === undefined ? describe.skip : describe;

describeWhereHad('S3, on MinIO (skipped: no server; tools/stack/bin/ensure-minio.sh builds one)', () => {
  let server: MinioServer;
  let client: S3Client;
  let made = 0;
  const opened: EvidenceStore[] = [];

  beforeAll(async () => {
    server = await startMinio({ program: program ?? '', directory: join(tempDirectory('s3'), 'minio') });
    process.env.AWS_ACCESS_KEY_ID = server.accessKeyId;
    process.env.AWS_SECRET_ACCESS_KEY = server.secretAccessKey;
    client = new S3Client({ region: REGION, endpoint: server.url, forcePathStyle: true });
  });

  afterAll(async () => {
    client.destroy();
    for (const store of opened) store.close();
    delete process.env.AWS_ACCESS_KEY_ID;
    delete process.env.AWS_SECRET_ACCESS_KEY;
    await server.stop();
  });

  const open = async (bucket: string) => {
    const store = await openEvidence(
      `s3://${bucket}?region=${REGION}&endpoint=${encodeURIComponent(server.url)}`,
    );
    opened.push(store);
    return store;
  };

  const make = async () => {
    made += 1;
    await client.send(new CreateBucketCommand({ Bucket: `evidence-${made}` }));
    return open(`evidence-${made}`);
  };

  describeEvidenceStore('in a bucket', make);

  it('holds a log as a directory does', async () => {
    const bench = await LogBench.open();
    const evidence = await make();
    const log = await bench.log();
    await bench.append(log, 300);
    const outside = { ...bench.outside, evidence };
    await bench.sequencer(outside).run(log.tenantId);
    await bench.append(log, 3);
    await bench.sequencer(outside).run(log.tenantId);
    expect((await bench.intact(log)).size).toBe(303);
    expect(await evidence.get(`${log.origin}/checkpoint`)).toBeNull();
    expect((await bench.layOut(outside)).errors.size).toBe(0);
    expect(await evidence.list('~staged')).toEqual([]);
    expect(await evidence.list(`${log.origin}/tile/0`)).toEqual(['000']);
    expect((await evidence.get(`${log.origin}/tile/0/000`))?.byteLength).toBe(256 * 32);
    const checkpoint = await evidence.get(`${log.origin}/checkpoint`);
    expect(Buffer.from(checkpoint ?? []).toString()).toMatch(new RegExp(`^${log.origin}\n303\n`));
    await bench.close();
  });

  it('signs nothing without its bucket', async () => {
    const nowhere = await open('nowhere');
    const unavailable = { code: 'SERVICE_UNAVAILABLE' };
    await expect(nowhere.put([{ path: 'a', bytes: new Uint8Array(1) }])).rejects.toMatchObject(unavailable);
    await expect(nowhere.list('a')).rejects.toMatchObject(unavailable);
  });
});
