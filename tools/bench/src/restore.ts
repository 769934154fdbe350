import { type TenantId } from '@personr/kernel';
import { onboard, type OwnerEnvironment, replay } from '@personr/ops';
import { startServers } from '@personr/stack';
import pg from 'pg';
import { Crowd } from './crowd.js';
import { type Figure, judge } from './figure.js';
import { Rooms } from './rooms.js';

const FULL = 100_000;
const QUICK = 10_000;
const VALUES_EACH = 2;

/** Of everybody there is, so many are not erased: their rows are looked at too, and stay. */
const SURVIVORS = 0.2;

/**
 * An older data database is brought up to a ledger of 100,000 erasures (10,000 when quick) among others whose keys live,
 * beside plain SQL that deletes the same rows of whom it is told. What is left out: documents, entries of the log, receipts.
 */
export async function restore({ isQuick }: { isQuick: boolean }): Promise<Figure[]> {
  const lines = isQuick ? QUICK : FULL;
  const servers = await startServers({
    log: (line) => {
      console.error(line);
    },
  });
  try {
    const environment = { ...servers.env, DATA_OWNER_URL: servers.dataOwnerUrl };
    const [tenant] = await onboard(environment, ['Bench']);
    if (tenant === undefined) throw new Error('nobody was taken in');
    console.error(`writing ${lines} erased subjects of ${VALUES_EACH} values, and their ledger`);
    await ask(servers.dataOwnerUrl, SUBJECTS, [tenant.tenantId, lines]);
    await ask(servers.dataOwnerUrl, RECORDS, [tenant.tenantId, lines, VALUES_EACH]);
    await ask(servers.keystoreOwnerUrl, LEDGER, [tenant.tenantId, lines]);
    await survive(environment, tenant.tenantId, lines * SURVIVORS);
    const plain = await timeOf(() => deletePlainly(servers.dataOwnerUrl, tenant.tenantId));
    const took = await timeOf(() => replayed(environment, lines));
    const rows = lines * (1 + VALUES_EACH);
    return [
      judge({
        bench: 'restore',
        case: `replay of ${lines} erasures`,
        metric: 'time',
        value: took,
        unit: 's',
        baseline: plain,
        n: 1,
      }),
      judge({
        bench: 'restore',
        case: `replay of ${lines} erasures`,
        metric: 'rows removed',
        value: rows / took,
        unit: '/s',
        better: 'higher',
        baseline: rows / plain,
        n: 1,
      }),
    ];
  } finally {
    await servers.stop();
  }
}

/** Takes people in whom nobody erases, each with one value and living keys. */
async function survive(environment: OwnerEnvironment, tenantId: TenantId, count: number): Promise<void> {
  const rooms = await Rooms.open(environment);
  try {
    const crowd = new Crowd(rooms, tenantId, (line) => {
      console.error(line);
    });
    await crowd.growTo(count);
  } finally {
    await rooms.close();
  }
}

async function replayed(environment: OwnerEnvironment, lines: number): Promise<void> {
  await ask(environment.DATA_OWNER_URL, CLOSE);
  const done = await replay(environment);
  const [counts] = done === null ? [] : [...done.tenants.values()];
  if (counts?.erasures !== lines || counts.rows !== lines * VALUES_EACH)
    throw new Error('the replay did not remove what it should');
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return (performance.now() - from) / 1000;
}

async function ask(url: string, sql: string, values: readonly unknown[] = []): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql, [...values]);
  } finally {
    await client.end();
  }
}

/** Deletes the rows by two statements, and takes that back. */
async function deletePlainly(url: string, tenantId: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('begin');
    await client.query(`delete from record where tenant_id = $1 and subject_id between ${ERASED}`, [
      tenantId,
    ]);
    await client.query(`delete from subject where tenant_id = $1 and id between ${ERASED}`, [tenantId]);
    await client.query('rollback');
  } finally {
    await client.end();
  }
}

const uuid = (block: string, number: string): string =>
  `('01900000-0000-7000-${block}-' || lpad(to_hex(${number}), 12, '0'))::uuid`;

/** Those whom the ledger names. */
const ERASED = `'01900000-0000-7000-8000-000000000000' and '01900000-0000-7000-8000-ffffffffffff'`;

const SUBJECTS = `
  insert into subject (tenant_id, id, subject_ref, role, created_at)
  select $1::uuid, ${uuid('8000', 'n')}, md5(n::text), 'SERVICE_PROVIDER', now() from generate_series(1, $2::int) as n`;

const RECORDS = `
  insert into record (tenant_id, id, subject_id, element, source, purpose, collected_at, created_at, key_id, sealed)
  select $1::uuid, ${uuid('9000', 'n * 16 + v')}, ${uuid('8000', 'n')}, 'FULL_NAME', 'CLIENT_OR_AGENT',
         'IDENTITY_VERIFICATION', now(), now(), ${uuid('a000', 'n * 16 + v')}, decode(repeat('ab', 64), 'hex')
    from generate_series(1, $2::int) as n cross join generate_series(1, $3::int) as v`;

const LEDGER = `
  insert into erasure_ledger (tenant_id, instruction_id, scope, subject_id, elements, key_ids, keys_shredded, intended_at,
                              shredded_at, sealed_at)
  select $1::uuid, ${uuid('b000', 'n')}, 'SUBJECT', ${uuid('8000', 'n')}, '{}', array[${uuid('a000', 'n * 16 + 1')}], 1,
         now(), now(), now() from generate_series(1, $2::int) as n`;

const CLOSE = `update tide set mark = '00000000-0000-0000-0000-000000000000', restore_id = gen_random_uuid()`;
