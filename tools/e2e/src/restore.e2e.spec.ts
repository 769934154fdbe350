import { cpSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApi } from '@personr/api';
import { expectLogIntact } from '@personr/audit/testing';
import { backUp, load, type OwnerEnvironment } from '@personr/ops';
import { verifyReceipt } from '@personr/proof';
import { openTenancy } from '@personr/tenancy';
import { createTestDatabases, tempDirectory, waitFor } from '@personr/testkit';
import { createWorker } from '@personr/worker';
import supertest from 'supertest';
import { aDelete, anAdmission, idOf } from './bodies.js';
import { DocumentWire } from './document-wire.js';
import { type House, type InstructionAnswer, startHouse, tenantOf, type TestTenant } from './house.js';
import { OlderData, ownerEnvironmentOf } from './older-data.js';

const READ = { purpose: 'IDENTITY_VERIFICATION' };
const QUIET = (): void => undefined;

describe('R-61, R-62: an older backup, restored beside the key store as it is now', () => {
  let house: House;
  let older: OlderData;
  let environment: OwnerEnvironment;
  let bank: TestTenant;
  let backupDirectory: string;
  let api: NestFastifyApplication | undefined;
  let worker: Awaited<ReturnType<typeof createWorker>> | undefined;
  const subjects: Record<string, string> = {};
  const instructions: Record<string, string> = {};
  const receipts: Record<string, string> = {};
  let documentAt: string;

  const admit = async (name: string) => {
    subjects[name] = idOf(await bank.post('/v1/subjects', anAdmission(name)).expect(201));
  };
  const erase = async (name: string) => {
    const accepted = await bank.post('/v1/instructions', aDelete({ id: subjects[name] })).expect(202);
    instructions[name] = idOf(accepted);
  };
  const receiptOf = async (name: string): Promise<string> =>
    waitFor(
      async () => {
        house.clock.advance(10);
        const { status, text } = await bank.get(`/v1/instructions/${instructions[name] ?? ''}/receipt`);
        return status === 200 ? text : undefined;
      },
      { what: `the receipt of ${name}`, timeoutMs: 30_000 },
    );
  const stop = async () => {
    await worker?.close();
    await api?.close();
    [worker, api] = [undefined, undefined];
  };
  const startApi = async () => {
    api = await createApi(house.apiConfig, house.clock);
    return supertest(api.getHttpServer());
  };
  const startWorker = async () => {
    worker = await createWorker(house.workerConfig, house.clock);
  };
  const opened = async (http: ReturnType<typeof supertest>) => {
    await waitFor(async () => ((await http.get('/health/ready')).status === 200 ? true : undefined), {
      what: 'the service to open',
      timeoutMs: 60_000,
    });
    bank = await tenantOf(http, bank);
  };

  beforeAll(async () => {
    house = await startHouse();
    older = new OlderData(house);
    environment = ownerEnvironmentOf(house);
    bank = await house.onboard('Bank');
    for (const name of ['gone', 'held', 'open', 'kept']) await admit(name);
    const wire = await DocumentWire.open(house, bank);
    for (const name of ['gone', 'kept']) {
      const added = await wire.post(wire.path(subjects[name]!), Buffer.from(`the picture of ${name}`), {
        'content-type': 'image/png',
      });
      expect(added.status).toBe(201);
      documentAt = added.headers.location ?? '';
    }
    backupDirectory = join(tempDirectory('backup'), 'one');
    await backUp(environment, backupDirectory, QUIET);
    house.clock.advance(60_000);

    // What happens after the backup: one erased, one erased but for what is held, one still open, one new.
    await erase('gone');
    await house.ended(bank, instructions.gone!);
    receipts.gone = await receiptOf('gone');
    await bank
      .post('/v1/holds', {
        subjectId: subjects.held,
        elements: ['FULL_NAME'],
        ground: 'EX_LEGAL',
        citation: '31 CFR 1020.220',
        endsAt: '2031-11-24T00:00:00Z',
      })
      .expect(201);
    await erase('held');
    await house.ended(bank, instructions.held!);
    receipts.held = await receiptOf('held');
    await house.stopWorker();
    await erase('open');
    await admit('later');
    await house.api.close();
  });

  afterAll(async () => {
    await stop();
    await older.drop();
    await house.owner.end();
    await house.databases.drop();
  });

  it('refuses a tampered part and a foreign key store, and changes nothing', async () => {
    const copy = tempDirectory('tampered');
    cpSync(backupDirectory, copy, { recursive: true });
    truncateSync(join(copy, 'tables', 'record.copy'), 10);
    const options = { replace: true, progress: QUIET };
    await expect(load(environment, copy, options)).rejects.toMatchObject({
      code: 'BACKUP_BROKEN',
      message: expect.stringContaining('record.copy') as string,
    });
    const others = await createTestDatabases();
    const foreign = {
      ...environment,
      KEYSTORE_DATABASE_URL: others.keystoreUrl,
      KEYRING_DIRECTORIES: `${tempDirectory()}:${tempDirectory()}`,
    };
    await expect(load(foreign, backupDirectory, options)).rejects.toMatchObject({ code: 'RESTORE_REFUSED' });
    await others.drop();
  });

  it('R-62: is closed until it is replayed: api refuses everything but health, and says why', async () => {
    await load(environment, backupDirectory, { replace: true, progress: QUIET });
    const http = await startApi();
    for (const path of ['/v1/subjects', '/docs', '/openapi.json', '/nowhere']) {
      const answer = await http.get(path).expect(503);
      expect(answer.body).toMatchObject({ code: 'RESTORE_REPLAY_PENDING', status: 503 });
    }
    await http.post('/oauth/token').auth(bank.clientId, bank.clientSecret).type('form').send({}).expect(503);
    await http.get('/health/live').expect(200);
    const ready = await http.get('/health/ready').expect(503);
    expect(ready.body).toMatchObject({ checks: { restore: { status: 'DOWN' }, database: { status: 'UP' } } });
  });

  it('R-61, R-62: the worker replays and opens; the erased are gone, everybody else is read', async () => {
    await startWorker();
    await opened(supertest(api!.getHttpServer()));
    await bank.get(`/v1/subjects/${subjects.gone!}`).expect(404);
    const kept = await bank.post(`/v1/subjects/${subjects.kept!}/records/read`, READ).expect(200);
    expect(JSON.stringify(kept.body)).toContain('Ada Invented');
    expect(documentAt).toContain(subjects.kept);
    const read = await bank.get(`${documentAt}?purpose=IDENTITY_VERIFICATION`).expect(200);
    expect((read.body as Buffer).toString()).toBe('the picture of kept');
    const { rows } = await house.owner.query<{ left: string }>(
      `select (select count(*) from record where subject_id = $1) + (select count(*) from document where subject_id = $1)
            + (select count(*) from subject where id = $1) as left`,
      [subjects.gone],
    );
    expect(rows[0]!.left).toBe('0');
  });

  it('R-76, R-81: what was held is kept and the rest of it is gone; the hold goes on', async () => {
    const { rows } = await house.owner.query<{ element: string }>(
      'select element from record where subject_id = $1 order by 1',
      [subjects.held],
    );
    expect(rows.map(({ element }) => element)).toEqual(['FULL_NAME']);
    const holds = await bank.get(`/v1/holds?subjectId=${subjects.held!}`).expect(200);
    expect((holds.body as { items: object[] }).items).toMatchObject([
      { ground: 'EX_LEGAL', elements: ['FULL_NAME'] },
    ]);
    const work = await house.owner.query(`select from work where kind = 'END_HOLD' and done_at is null`);
    expect(work.rowCount).toBe(1);
  });

  it('forgets no instruction: the open one is carried out, the ended ones have their receipts', async () => {
    const ended = await waitFor(
      async () => {
        house.clock.advance(10);
        const view = (await bank.get(`/v1/instructions/${instructions.open!}`).expect(200))
          .body as InstructionAnswer;
        return view.final ? view : undefined;
      },
      { what: 'the open instruction to end', timeoutMs: 60_000 },
    );
    expect(ended.state).toBe('COMPLETED');
    for (const [name, state] of [
      ['gone', 'COMPLETED'],
      ['held', 'COMPLETED_WITH_EXCEPTIONS'],
    ] as const) {
      const view = await bank.get(`/v1/instructions/${instructions[name]!}`).expect(200);
      expect(view.body).toMatchObject({ state, final: true });
      const again = verifyReceipt(await receiptOf(name), [bank.vkey]);
      expect(again.body).toEqual(verifyReceipt(receipts[name]!, [bank.vkey]).body);
    }
    verifyReceipt(await receiptOf('open'), [bank.vkey]);
  });

  it('R-69: a repeat for whoever was erased answers with the instruction that did it', async () => {
    const again = await bank.post('/v1/instructions', aDelete({ id: subjects.gone })).expect(200);
    expect(idOf(again)).toBe(instructions.gone);
  });

  it('R-65: whoever was erased is not taken in again', async () => {
    const refused = await bank.post('/v1/subjects', anAdmission('gone')).expect(409);
    expect(refused.body).toMatchObject({ code: 'SUPPRESSED_REINGEST' });
    const byMail = { ...anAdmission('other'), identities: [{ type: 'EMAIL', value: 'gone@people.example' }] };
    await bank.post('/v1/subjects', byMail).expect(409);
  });

  it('goes on in the same log, which says that it was restored', async () => {
    const tenancy = openTenancy(house.databases);
    const { entries } = await waitFor(
      async () => {
        const log = await expectLogIntact(tenancy, bank.tenantId, bank.vkey);
        return log.entries.some(({ event }) => event === 'restore.performed') ? log : undefined;
      },
      { what: 'the entry of the restore', timeoutMs: 30_000 },
    );
    await tenancy.close();
    const performed = entries.filter(({ event }) => event === 'restore.performed');
    expect(performed).toHaveLength(1);
    // `gone` and `held` were erased since the backup; the accepted order of `open` was not known to it.
    expect(performed[0]!.detail).toMatchObject({ instructions: 3, endings: 2, erasures: 2, quarantined: 0 });
    expect(entries.filter(({ event }) => event === 'instruction.closed')).toHaveLength(3);
  });

  it('sees an older copy that no tool of ours made, too, and comes to the same end', async () => {
    await stop();
    await older.keep('older');
    const http = await startApi();
    await startWorker();
    await opened(http);
    await erase('kept');
    await waitFor(
      async () => {
        house.clock.advance(10);
        const view = (await bank.get(`/v1/instructions/${instructions.kept!}`)).body as InstructionAnswer;
        return view.final ? true : undefined;
      },
      { what: 'the erasure', timeoutMs: 60_000 },
    );
    await stop();
    await older.goBack('older');
    const after = await startApi();
    await after.get('/v1/subjects').expect(503);
    await startWorker();
    await opened(after);
    await bank.get(`/v1/subjects/${subjects.kept!}`).expect(404);
    verifyReceipt(await receiptOf('kept'), [bank.vkey]);
  });
});
