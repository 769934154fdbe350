import { newId, newSubjectRef, type SubjectId, type TenantId } from '@personr/kernel';
import { createTestDatabases, type TestDatabases } from '@personr/testkit';
import pg from 'pg';
import { type Database, openDatabase } from './database.js';
import { Prisma } from './generated/client.js';
import { Tenancy } from './tenancy.js';
import { openTenancy } from './tenancy.module.js';
import { aTenant } from './testing.js';

const AT = new Date('2026-11-23T18:00:00.000Z');

/** Every table of the data database; `tenant` is known by its own id. */
const TABLES = [
  'tenant',
  'api_client',
  'api_client_secret',
  'api_client_assertion',
  'subject',
  'record',
  'instruction',
  'instruction_transition',
  'instruction_deadline',
  'execution_step',
  'hold',
  'receipt',
  'work',
  'audit_outbox',
  'backup_set',
  'log_head',
  'log_entry',
  'log_tile',
  'log_anchor',
  'log_cosigned',
  'log_watch',
  'idempotency',
  'agreement',
  'notice_version',
  'policy_version',
  'instructor',
  'consent',
  'counted_event',
  'document',
  'document_upload',
  'endpoint',
  'package',
  'suppression_window',
  'suppressed_identity',
  'suppressed_reference',
  'quarantined_row',
  'restore_run',
] as const;

/** The one table that is no tenant's: which state of the data this is. */
const HOUSE_TABLES = ['tide'] as const;

/** One row in every table, as the owner of the database writes it. */
async function plant(owner: pg.Client, tenant: TenantId): Promise<void> {
  const id = newId<'row'>(AT);
  const at = AT.toISOString();
  const rows: readonly (readonly [string, readonly unknown[]])[] = [
    [
      `insert into api_client (tenant_id, id, name, scopes, created_at, auth_method)
       values ($1, $2, 'c', '{}', $3, 'client_secret_basic')`,
      [tenant, id, at],
    ],
    ["insert into api_client_secret values ($1, $2, $2, '\\x00', $3, null)", [tenant, id, at]],
    ["insert into api_client_assertion values ($1, $2, '\\x00', $3)", [tenant, id, at]],
    [
      "insert into subject values ($1, $2, $3, 'SERVICE_PROVIDER', null, $4)",
      [tenant, id, newSubjectRef(), at],
    ],
    ["insert into record values ($1, $2, $2, 'FULL_NAME', 's', 'p', $3, $3, $2, '\\x01')", [tenant, id, at]],
    [
      `insert into instruction (tenant_id, id, type, basis, state, flags, api_client_id, scope_elements, writing_key_id,
         sealed_writing, writing_commitment, policy_version, accepted_at)
       values ($1, $2, 'DELETE', 'DROP', 'RECEIVED', '{}', $2, '{}', $2, '\\x01', 'c', 'v', $3)`,
      [tenant, id, at],
    ],
    ["insert into instruction_transition values ($1, $2, 0, null, 'RECEIVED', 'e', $3)", [tenant, id, at]],
    [
      "insert into instruction_deadline values ($1, $2, 'C', '2026-12-01', $3, $3, 'r', 'z', 'v')",
      [tenant, id, at],
    ],
    ["insert into execution_step values ($1, $2, 'SWEEP', 3, 'STARTED', $3)", [tenant, id, at]],
    ["insert into receipt values ($1, $2, $2, '\\x01', 'body', $3)", [tenant, id, at]],
    ["insert into work values ($1, $2, 'EXECUTE_INSTRUCTION', $2, $3)", [tenant, id, at]],
    ["insert into backup_set values ($1, $2, 'tape', '{DATA}', $3)", [tenant, id, at]],
    ["insert into hold values ($1, $2, $2, '{}', 'EX_COURT', 'c', $2, null, $3)", [tenant, id, at]],
    ["insert into audit_outbox values ($1, $2, '\\x01', $3)", [tenant, id, at]],
    ["insert into log_head values ($1, 'origin', 0, '\\x01', null, $2)", [tenant, at]],
    ["insert into log_entry values ($1, 0, $2, 'e', null, '\\x01')", [tenant, id]],
    ["insert into suppression_window values ($1, '2026-11-25', 30, $2)", [tenant, at]],
    [
      "insert into suppressed_identity values ($1, '2026-11-25', 30, decode(repeat('00', 16), 'hex'), $2, $3)",
      [tenant, id, at],
    ],
    ["insert into suppressed_reference values ($1, 'r', $2, $3)", [tenant, id, at]],
    ["insert into quarantined_row values ($1, 'postgres-records', $2, $2, $2, $2, $3)", [tenant, id, at]],
    ['insert into restore_run values ($1, $2, 0, $3)', [tenant, id, at]],
    ["insert into counted_event values ($1, 'e', $2, 'r', 'c', $3, $3, true, 1, 1)", [tenant, id, at]],
    ["insert into log_tile values ($1, 0, 0, 1, '\\x01')", [tenant]],
    ["insert into log_anchor values ($1, 0, 'c', '\\x01', $2, $3)", [tenant, id, at]],
    ["insert into log_cosigned values ($1, 0, 'c', 1, $2)", [tenant, at]],
    ['insert into log_watch values ($1, $2)', [tenant, at]],
    [
      "insert into notice_version values ($1, $2, '2026-11-23', '2026-11-23', $3, '{}', '{}', $3)",
      [tenant, id, at],
    ],
    ["insert into policy_version values ($1, $2, 1, '{}', $3)", [tenant, id, at]],
    [
      "insert into instructor values ($1, $2, $2, null, null, 'R', '{}', $3, null, null, $3)",
      [tenant, id, at],
    ],
    ["insert into consent values ($1, $2, $2, 'SERVICE_PROVIDER', 'P', '1', $3, null, $3)", [tenant, id, at]],
    [
      `insert into document values ($1, $2, $2, 'SELFIE', 's', 'p', $3, $3, 'image/png', 1, 1, '\\x01', $2, '\\x01',
         'SERVICE_PROVIDER', $2)`,
      [tenant, id, at],
    ],
    ["insert into document_upload values ($1, $2, $2, 'SELFIE', $3)", [tenant, id, at]],
    [
      `insert into endpoint (tenant_id, id, kind, key_id, sealed_address, sealed_secret, created_at)
       values ($1, $2, 'HTTPS', $2, '\\x01', '\\x01', $3)`,
      [tenant, id, at],
    ],
    ["insert into package values ($1, $2, $2, $2, 'BUILDING', $3)", [tenant, id, at]],
    ["insert into idempotency values ($1, '\\x01', '\\x01', '{}', 201, $2, $2)", [tenant, at]],
  ];
  for (const [statement, values] of rows) await owner.query(statement, [...values]);
}

describe('the doors to the data database', () => {
  let databases: TestDatabases;
  let tenancy: Tenancy;
  let owner: pg.Client;
  let bank: TenantId;
  let market: TenantId;

  /** Runs a statement through a door, as the code of that door would. */
  const run = (door: 'bank' | 'relay' | 'directory', statement: string): Promise<number> => {
    const raw = Prisma.raw(statement);
    if (door === 'bank') return tenancy.forTenant(bank, (tx) => tx.$executeRaw(raw));
    if (door === 'relay') return tenancy.forRelay((tx) => tx.$executeRaw(raw));
    return tenancy.forDirectory((tx) => tx.$executeRaw(raw));
  };
  const expectDenied = (attempt: Promise<unknown>) => expect(attempt).rejects.toThrow(/permission denied/);

  beforeAll(async () => {
    databases = await createTestDatabases();
    tenancy = openTenancy(databases);
    owner = new pg.Client({ connectionString: databases.ownerUrl });
    await owner.connect();
    bank = await aTenant(tenancy);
    market = await aTenant(tenancy);
    await plant(owner, bank);
    await plant(owner, market);
  });

  afterAll(async () => {
    await tenancy.close();
    await owner.end();
    await databases.drop();
  });

  it('R-01: know every table there is', async () => {
    const { rows } = await owner.query<{ tablename: string }>(
      "select tablename from pg_tables where schemaname = 'public' and tablename <> '_prisma_migrations'",
    );
    expect(rows.map(({ tablename }) => tablename).sort()).toEqual([...TABLES, ...HOUSE_TABLES].sort());
  });

  describe('forTenant', () => {
    const own = (table: string) => (table === 'tenant' ? 'id' : 'tenant_id');

    it.each(TABLES)('R-01: shows of %s the own rows and none of another tenant', async (table) => {
      const seen = (tenantId: TenantId) =>
        tenancy.forTenant(tenantId, (tx) =>
          tx.$queryRaw<{ owner: string }[]>(Prisma.raw(`select ${own(table)}::text as owner from ${table}`)),
        );
      expect(await seen(bank)).toEqual([{ owner: bank }]);
      expect(await seen(market)).toEqual([{ owner: market }]);
      expect(await seen(newId(AT))).toEqual([]);
    });

    it.each([
      ['tenant', "update tenant set state = 'CLOSED' where id = "],
      ['api_client', 'update api_client set revoked_at = now() where tenant_id = '],
      ['api_client_secret', 'update api_client_secret set expires_at = now() where tenant_id = '],
      ['api_client_secret', 'delete from api_client_secret where tenant_id = '],
      ['api_client_assertion', 'delete from api_client_assertion where tenant_id = '],
      ['subject', "update subject set residency = 'x' where tenant_id = "],
      ['instruction', "update instruction set state = 'x' where tenant_id = "],
      ['instruction_deadline', 'update instruction_deadline set met_at = now() where tenant_id = '],
      ['execution_step', "update execution_step set state = 'DONE' where tenant_id = "],
      ['backup_set', 'update backup_set set gone_at = now() where tenant_id = '],
      ['hold', 'update hold set ended_at = now() where tenant_id = '],
      ['agreement', 'update agreement set edition = 99 where tenant_id = '],
      ['instructor', 'update instructor set revoked_at = now() where tenant_id = '],
      ['consent', 'update consent set withdrawn_at = now() where tenant_id = '],
      ['consent', 'delete from consent where tenant_id = '],
      ['counted_event', 'update counted_event set count = 99 where tenant_id = '],
      ['counted_event', 'delete from counted_event where tenant_id = '],
      ['document', 'delete from document where tenant_id = '],
      ['document_upload', 'update document_upload set alive_until = now() where tenant_id = '],
      ['document_upload', 'delete from document_upload where tenant_id = '],
      ['endpoint', 'update endpoint set tries = 99 where tenant_id = '],
      ['package', 'update package set downloads = 99 where tenant_id = '],
      ['package', 'delete from package where tenant_id = '],
      ['work', 'update work set fence = 99 where tenant_id = '],
      ['log_head', 'update log_head set size = 99 where tenant_id = '],
      ['log_tile', 'update log_tile set width = 99 where tenant_id = '],
      ['log_anchor', 'delete from log_anchor where tenant_id = '],
      ['log_cosigned', 'update log_cosigned set cosignatures = 99 where tenant_id = '],
      ['log_watch', 'update log_watch set alarm = null where tenant_id = '],
      ['record', 'delete from record where tenant_id = '],
      ['audit_outbox', 'delete from audit_outbox where tenant_id = '],
      ['idempotency', 'delete from idempotency where tenant_id = '],
      ['suppression_window', 'delete from suppression_window where tenant_id = '],
      ['suppressed_identity', 'update suppressed_identity set accepted_at = now() where tenant_id = '],
      ['suppressed_identity', 'delete from suppressed_identity where tenant_id = '],
    ])("R-01: changes no row of another tenant's %s", async (_, statement) => {
      expect(await run('bank', `${statement}'${market}'`)).toBe(0);
    });

    it("R-01: refuses a row in another tenant's name", async () => {
      const foreign = tenancy.forTenant(bank, (tx) =>
        tx.work.create({
          data: { tenantId: market, id: newId(AT), kind: 'x', referenceId: newId(AT), dueAt: AT },
        }),
      );
      await expect(foreign).rejects.toThrow(/row-level security/);
    });

    it('R-01: refuses a row that would move to another tenant, and one that hangs on a foreign parent', async () => {
      await expectDenied(run('bank', `update work set tenant_id = '${market}'`));
      const { rows } = await owner.query<{ id: SubjectId }>('select id from subject where tenant_id = $1', [
        market,
      ]);
      const orphan = tenancy.forTenant(bank, (tx) =>
        tx.record.create({
          data: {
            tenantId: bank,
            id: newId(AT),
            subjectId: rows[0]!.id,
            element: 'FULL_NAME',
            source: 's',
            purpose: 'p',
            collectedAt: AT,
            createdAt: AT,
            keyId: newId(AT),
            sealed: Uint8Array.of(1),
          },
        }),
      );
      await expect(orphan).rejects.toMatchObject({ code: 'P2003' });
    });

    it.each([
      'update log_entry set entry = $$x$$',
      'delete from log_entry',
      'delete from log_head',
      'delete from log_tile',
      'truncate log_entry',
      'update audit_outbox set entry = $$x$$',
      'update receipt set body = $$x$$',
      'delete from receipt',
      'delete from instruction',
      'update instruction set type = $$x$$',
      'update instruction set basis = $$x$$',
      'update instruction set sealed_writing = $$x$$',
      'update instruction set writing_commitment = $$x$$',
      'update instruction set scope_elements = $${x}$$',
      'update instruction set subject_id = null',
      'update instruction set consumer_request = null',
      'update instruction set verification = null',
      'update instruction set accepted_at = now()',
      'update instruction_transition set to_state = $$x$$',
      'delete from instruction_transition',
      'update instruction_deadline set due_at = now()',
      'update record set sealed = $$x$$',
      'update api_client set auth_method = $$x$$',
      'update api_client set created_at = now()',
      'delete from api_client',
      'update api_client_secret set secret_hash = $$x$$',
      'update api_client_assertion set jti_hash = $$x$$',
      'update subject set subject_ref = $$x$$',
      'delete from work',
      'delete from tenant',
      'update tenant set kind = $$HOUSE$$',
      'delete from agreement',
      'update agreement set purposes = $${x}$$',
      'update agreement set effective_from = now()',
      'delete from notice_version',
      'update notice_version set purposes = $${x}$$',
      'delete from policy_version',
      'update policy_version set "values" = $${}$$',
      'delete from instructor',
      'update instructor set authority = $${x}$$',
      'update consent set given_at = now()',
      'update endpoint set sealed_address = $$x$$',
      'update record set consent_id = null',
    ])('refuses what would rewrite history: %s', async (statement) => {
      await expectDenied(run('bank', statement));
    });

    it.each(TABLES)('refuses to truncate %s', async (table) => {
      await expectDenied(run('bank', `truncate ${table} cascade`));
    });

    it.each([
      'set local row_security = off',
      'set local role personr_relay',
      'set local role personr_directory',
    ])('opens no way around it: %s', async (statement) => {
      const seen = tenancy.forTenant(bank, async (tx) => {
        await tx.$executeRaw(Prisma.raw(statement));
        return tx.subject.count();
      });
      await expect(seen).rejects.toThrow(/permission denied|row-level security/);
    });

    it('leaves nothing of a transaction that failed', async () => {
      const id = newId<'work'>(AT);
      const failing = tenancy.forTenant(bank, async (tx) => {
        await tx.work.create({ data: { tenantId: bank, id, kind: 'x', referenceId: id, dueAt: AT } });
        throw new Error('the act failed');
      });
      await expect(failing).rejects.toThrow('the act failed');
      expect(await tenancy.forTenant(bank, (tx) => tx.work.count({ where: { id } }))).toBe(0);
    });
  });

  describe('a bulk statement', () => {
    const aRow = (id = newId<'subject'>(AT)) => ({
      id,
      subjectRef: newSubjectRef(),
      role: 'SERVICE_PROVIDER',
    });
    const insert = (tenant: TenantId, as: TenantId, rows: readonly ReturnType<typeof aRow>[]) =>
      tenancy.forTenant(
        as,
        (tx) =>
          tx.bulk`insert into subject (tenant_id, id, subject_ref, role, created_at)
          select ${tenant}::uuid, new.*, ${AT}::timestamptz
            from unnest(${rows.map(({ id }) => id)}::uuid[], ${rows.map((row) => row.subjectRef)}::text[],
                        ${rows.map(({ role }) => role)}::text[]) as new returning id`,
      );

    it('R-01: is held back by the tenant as any other', async () => {
      const rows = [aRow(), aRow()];
      expect(await insert(bank, bank, rows)).toEqual(rows.map(({ id }) => ({ id })));
      await expect(insert(market, bank, [aRow()])).rejects.toMatchObject({ code: '42501' });
      const ids = rows.map(({ id }) => id);
      const seen = (as: TenantId) =>
        tenancy.forTenant(as, (tx) => tx.bulk`select id from subject where id = any(${ids}::uuid[])`);
      expect(await seen(bank)).toHaveLength(2);
      expect(await seen(market)).toEqual([]);
      await tenancy.forTenant(bank, (tx) => tx.bulk`delete from subject where id = any(${ids}::uuid[])`);
      expect(await seen(bank)).toEqual([]);
    });

    it('is part of its transaction, and of none once that has ended', async () => {
      const row = aRow();
      let late: (() => Promise<unknown>) | undefined;
      const failing = tenancy.forTenant(bank, async (tx) => {
        late = () => tx.bulk`select 1`;
        await tx.bulk`insert into subject (tenant_id, id, subject_ref, role, created_at)
          values (${bank}, ${row.id}, ${row.subjectRef}, ${row.role}, ${AT})`;
        expect(await tx.subject.count({ where: { id: row.id } })).toBe(1);
        throw new Error('the act failed');
      });
      await expect(failing).rejects.toThrow('the act failed');
      expect(await tenancy.forTenant(bank, (tx) => tx.subject.count({ where: { id: row.id } }))).toBe(0);
      expect(late).toThrow('the transaction has ended');
    });

    it('takes any text, bytes, number, time and nothing at all in an array, to the letter', async () => {
      const texts = ['', ' ', 'null', 'NULL', '"', '\\', '{a,b}', "it's", 'Žofie 𝔄', 'a\nb', '\\x00', null];
      const bytes = [new Uint8Array(0), Uint8Array.of(0, 255), Buffer.from('{"a\\')];
      const rows = await tenancy.forTenant(
        bank,
        (
          tx,
        ) => tx.bulk`select ${texts}::text[] as texts, ${bytes}::bytea[] as bytes, ${[1, -2]}::int[] as numbers,
          ${[AT]}::timestamptz[] as times, ${[]}::uuid[] as nothing`,
      );
      const [row] = rows as [{ bytes: Uint8Array[] }];
      expect(row).toMatchObject({ texts, numbers: [1, -2], times: [AT], nothing: [] });
      expect(row.bytes.map((one) => [...one])).toEqual(bytes.map((one) => [...one]));
    });

    it('takes ids and times in an array as they are, each in its place, repeated ones and nulls among them', async () => {
      const [one, other] = [newId(AT), newId(AT)];
      const ids = [null, one, one, null, other, one.toUpperCase()];
      const times = [
        new Date(-1),
        null,
        AT,
        AT,
        new Date('1999-12-31T23:59:59.999Z'),
        new Date(8.64e15 / 1e3),
      ];
      const [row] = await tenancy.forTenant(
        bank,
        (tx) => tx.bulk`select ${ids}::uuid[] as ids, ${times}::timestamptz[] as times,
                               ${times.map((time) => time?.toISOString() ?? null)}::timestamptz[] as written`,
      );
      expect(row).toEqual({ ids: [null, one, one, null, other, one], times, written: times });
    });

    it.each([['short'], ['0190b0c4-5a00-7000-8000-00000000000g'], ['0190b0c4+5a00-7000-8000-000000000001']])(
      'refuses %s among ids, as the server does',
      async (text) => {
        const asked = tenancy.forTenant(bank, (tx) => tx.bulk`select ${[newId(AT), text]}::uuid[]`);
        await expect(asked).rejects.toMatchObject({ name: 'BulkError', code: '22P02' });
      },
    );

    it('that fails says a code and a constraint, and nothing of a row', async () => {
      const row = { ...aRow(), role: 'Marker-7f3a' };
      const error: unknown = await insert(bank, bank, [row, row]).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ name: 'BulkError', code: '23505' });
      expect((error as Error).message).toContain('subject_pkey');
      expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toMatch(/Marker|Key \(/);
    });
  });

  describe('a pooled connection', () => {
    let pool: Database;
    let narrow: Tenancy;

    beforeAll(() => {
      pool = openDatabase(databases.tenantUrl, 1);
      narrow = new Tenancy({ tenant: pool, relay: pool, directory: pool });
    });
    afterAll(() => pool.$disconnect());

    const setting = async () => {
      const [row] = await pool.$queryRaw<{ tenant: string | null; pid: number }[]>`
        select current_setting('app.tenant_id', true) as tenant, pg_backend_pid() as pid`;
      return row!;
    };

    it('is asked ahead, and answers several askers each with its own, in the order of asking', async () => {
      let [underWay, most] = [0, 0];
      const prototype = pg.Client.prototype as unknown as { query: (...args: unknown[]) => Promise<unknown> };
      const { query: real } = prototype;
      const asked = jest.spyOn(prototype, 'query');
      asked.mockImplementation(function (this: unknown, ...args) {
        underWay += 1;
        most = Math.max(most, underWay);
        const answer = real.apply(this, args);
        const answered = (): void => {
          underWay -= 1;
        };
        answer.then(answered, answered);
        return answer;
      });
      const warned = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
      try {
        const [found, ...numbers] = await narrow.forTenant(bank, (tx) =>
          Promise.all([
            tx.instruction.findFirst({ include: { transitions: true, deadlines: true, steps: true } }),
            ...[1, 2, 3].map((number) => tx.bulk`select ${number}::int as number`),
          ]),
        );
        expect(found).toMatchObject({ tenantId: bank });
        expect(numbers).toEqual([[{ number: 1 }], [{ number: 2 }], [{ number: 3 }]]);
        expect(most).toBeGreaterThan(1);
        // What `pg` says of a connection that is asked ahead and is not made for it.
        expect(warned).not.toHaveBeenCalled();
      } finally {
        asked.mockRestore();
        warned.mockRestore();
      }
    });

    it('tells each of several askers of the failure of one, and serves the next transaction', async () => {
      const failing = narrow.forTenant(bank, (tx) =>
        Promise.allSettled([tx.bulk`select 1 / 0`, tx.bulk`select 1`]),
      );
      const ends = await failing.catch((error: unknown) => [error]);
      expect(ends).not.toContainEqual(expect.objectContaining({ status: 'fulfilled' }));
      expect(await narrow.forTenant(bank, (tx) => tx.bulk`select 1 as one`)).toEqual([{ one: 1 }]);
    });

    it('R-01: shows nothing while no tenant is set', async () => {
      expect(await pool.subject.count()).toBe(0);
      expect(await pool.tenant.count()).toBe(0);
      expect(await pool.$transaction((tx) => tx.subject.count())).toBe(0);
      await expect(pool.tenant.create({ data: { id: newId(AT), name: 'x', createdAt: AT } })).rejects.toThrow(
        /row-level security/,
      );
    });

    it('R-01: does not carry the tenant on to what comes after, done or failed', async () => {
      const before = await setting();
      expect(await narrow.forTenant(bank, (tx) => tx.subject.count())).toBe(1);
      const failing = narrow.forTenant(bank, async (tx) => {
        expect(await tx.subject.count()).toBe(1);
        throw new Error('the act failed');
      });
      await expect(failing).rejects.toThrow('the act failed');
      const broken = narrow.forTenant(bank, (tx) => tx.$executeRaw`select no_such_column`);
      await expect(broken).rejects.toThrow(/no_such_column/);
      expect(await setting()).toEqual({ tenant: '', pid: before.pid });
      expect(await pool.subject.count()).toBe(0);
      expect(await pool.$transaction((tx) => tx.subject.count())).toBe(0);
    });

    it.each([1, 3])(
      'R-01: serves many tenants at once over %i connections, each its own rows',
      async (poolSize) => {
        const few = openTenancy({ ...databases, poolSize });
        const asked = Array.from({ length: 60 }, (_, at) => (at % 3 === 0 ? market : bank));
        const seen = await Promise.all(
          asked.map((tenantId) =>
            few.forTenant(tenantId, async (tx) => {
              const [own] = await tx.$queryRaw<{ tenant: string }[]>`
              select current_setting('app.tenant_id', true) as tenant`;
              const rows = await tx.subject.findMany({ select: { tenantId: true } });
              return [tx.tenantId, own!.tenant, ...rows.map((row) => row.tenantId)];
            }),
          ),
        );
        await few.close();
        expect(seen).toEqual(asked.map((tenantId) => [tenantId, tenantId, tenantId]));
      },
    );

    it('R-01: keeps a tenant apart from one that is served within its own work', async () => {
      const seen = await tenancy.forTenant(bank, async (tx) => {
        const theirs = await tenancy.forTenant(market, (other) => other.subject.findFirst());
        const due = await tenancy.forRelay((relay) => relay.$queryRaw<unknown[]>`select id from work`);
        const mine = await tx.subject.findMany();
        return { theirs: theirs?.tenantId, due: due.length, mine: mine.map((row) => row.tenantId) };
      });
      expect(seen).toEqual({ theirs: market, due: 2, mine: [bank] });
    });

    it.each(["x'; select 1; --", '', '00000000-0000-4000-8000-000000000000'])(
      'R-01: takes no tenant that is not an id: %j',
      async (text) => {
        await expect(narrow.forTenant(text as TenantId, (tx) => tx.subject.count())).rejects.toThrow();
        expect((await setting()).tenant ?? '').toBe('');
      },
    );
  });

  describe.each([
    [
      'relay',
      {
        work: [
          'tenant_id',
          'id',
          'kind',
          'reference_id',
          'due_at',
          'leased_until',
          'rung_at',
          'done_at',
          'lane',
        ],
        execution_step: ['tenant_id', 'instruction_id', 'name'],
        counted_event: ['tenant_id', 'until_at'],
        document_upload: ['tenant_id', 'id', 'alive_until'],
        package: ['tenant_id', 'id', 'ends_at'],
        audit_outbox: ['tenant_id', 'id', 'created_at'],
        log_head: ['tenant_id', 'size', 'updated_at', 'anchored_size'],
        log_watch: ['tenant_id', 'tail_checked_at', 'round_begun_at', 'round_ended_at', 'alarm', 'alarm_at'],
        instruction: [
          'tenant_id',
          'id',
          'accepted_at',
          'finished_at',
          'index_renewed_at',
          'sealed_at',
          'suppressed_until',
          'unguessable_at',
          'unguessable_due_at',
        ],
      },
      { work: ['rung_at'] },
    ],
    [
      'directory',
      {
        tenant: ['id', 'state'],
        api_client: ['tenant_id', 'id', 'auth_method', 'scopes', 'jwks', 'jwks_uri', 'revoked_at'],
        api_client_secret: ['tenant_id', 'client_id', 'secret_hash', 'expires_at'],
      },
      {},
    ],
  ] as const)('the door of the %s', (door, readable: Record<string, readonly string[]>, writable) => {
    const columnsWith = async (privilege: string): Promise<Record<string, string[]>> => {
      const { rows } = await owner.query<{ table_name: string; column_name: string }>(
        `select table_name, column_name from information_schema.columns
         where table_schema = 'public' and table_name = any($1)
           and has_column_privilege($2, quote_ident(table_name), column_name, $3)`,
        [TABLES, `personr_${door}`, privilege],
      );
      const found: Record<string, string[]> = {};
      for (const row of rows) (found[row.table_name] ??= []).push(row.column_name);
      return Object.fromEntries(Object.entries(found).map(([table, columns]) => [table, columns.sort()]));
    };
    const sorted = (columns: Record<string, readonly string[]>) =>
      Object.fromEntries(Object.entries(columns).map(([table, names]) => [table, [...names].sort()]));

    it('R-01: shows exactly these columns, of every tenant', async () => {
      expect(await columnsWith('select')).toEqual(sorted(readable));
      for (const [table, columns] of Object.entries(readable)) {
        expect(await run(door, `select ${columns.join(', ')} from ${table}`)).toBe(2);
      }
    });

    it('R-01: lets nothing be written but when the bell was rung', async () => {
      expect(await columnsWith('update')).toEqual(sorted(writable));
      expect(await columnsWith('insert')).toEqual({});
      for (const table of TABLES) {
        await expectDenied(run(door, `delete from ${table}`));
        await expectDenied(run(door, `truncate ${table} cascade`));
      }
    });

    it('R-01: shows no content', async () => {
      const { rows } = await owner.query<{ table_name: string; column_name: string }>(
        "select table_name, column_name from information_schema.columns where table_schema = 'public' and table_name = any($1)",
        [TABLES],
      );
      const hidden = rows.filter((row) => !(readable[row.table_name] ?? []).includes(row.column_name));
      expect(hidden.length).toBeGreaterThan(80);
      for (const { table_name: table, column_name: column } of hidden) {
        await expectDenied(run(door, `select ${column} from ${table}`));
      }
    });
  });

  it('say when one of them does not open', async () => {
    await expect(tenancy.check()).resolves.toBeUndefined();
    const closed = openTenancy({
      ...databases,
      relayUrl: databases.relayUrl.replace(/\/test_\w+/, '/no_such_database'),
    });
    await expect(closed.check()).rejects.toThrow();
    await closed.close();
  });
});
