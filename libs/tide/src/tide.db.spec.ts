import { randomUUID } from 'node:crypto';
import { AuditLog } from '@personr/audit';
import { newId, type TenantId } from '@personr/kernel';
import { SettableClock } from '@personr/kernel/testing';
import { hashLeaf } from '@personr/proof';
import { openTenancy, type Tenancy } from '@personr/tenancy';
import { aTenant } from '@personr/tenancy/testing';
import { createTestDatabases, type TestDatabases } from '@personr/testkit';
import { openTestVault, type TestVault } from '@personr/vault/testing';
import pg from 'pg';
import { LastMoment } from './last-moment.js';
import { Tide } from './tide.js';
import { TideGate } from './tide.gate.js';

describe('the tide', () => {
  let databases: TestDatabases;
  let tenancy: Tenancy;
  let opened: TestVault;
  let owner: pg.Client;
  let tide: Tide;
  let tenantId: TenantId;
  const clock = new SettableClock('2026-11-24T18:00:00.000Z');

  const tideOf = ({ heads, holds, tide: marks, vault }: TestVault): Tide =>
    new Tide(tenancy, marks, vault, new LastMoment(tenancy, heads, holds), clock);
  const isOpen = (thoroughly = true) => tide.isOpen({ thoroughly });
  const markOf = async (): Promise<string> =>
    (await owner.query<{ mark: string }>('select mark from tide')).rows[0]!.mark;
  /** The data database as it was when its mark was this one. */
  const goBack = (mark: string) => owner.query('update tide set mark = $1, restore_id = null', [mark]);

  beforeEach(async () => {
    databases = await createTestDatabases();
    tenancy = openTenancy(databases);
    opened = await openTestVault({ keystoreUrl: databases.keystoreUrl, clock });
    owner = new pg.Client({ connectionString: databases.ownerUrl });
    await owner.connect();
    tenantId = await aTenant(tenancy, clock.now());
    await opened.vault.openTenant(tenantId);
    tide = tideOf(opened);
  });
  afterEach(async () => {
    await owner.end();
    await tenancy.close();
    await opened.close();
    await databases.drop();
  });

  it('R-61: is open beside its own key store, and closed to a database of an earlier time', async () => {
    expect(await isOpen()).toBe(true);
    const earlier = await markOf();
    await tide.roll();
    expect(await markOf()).not.toBe(earlier);
    expect(await isOpen()).toBe(true);
    await goBack(earlier);
    expect([await isOpen(), await isOpen(false)]).toEqual([false, false]);
  });

  it('R-70: stays open wherever a move of the marks is broken off, and the next goes on', async () => {
    expect(await isOpen()).toBe(true);
    const [before, next] = [await markOf(), randomUUID()];
    await opened.tide.begin(next);
    expect(await isOpen()).toBe(true);
    await goBack(next);
    expect(await isOpen()).toBe(true);
    await tide.roll();
    expect(await isOpen()).toBe(true);
    expect(await opened.tide.read()).toMatchObject({ mark: next, next: null });
    await goBack(before);
    expect(await isOpen()).toBe(false);
  });

  it('is never closed by processes that move the marks at the same time', async () => {
    expect(await isOpen()).toBe(true);
    const others = [1, 2, 3].map(() => tideOf(opened));
    const seen: boolean[] = [];
    for (let round = 0; round < 10; round += 1) {
      await Promise.all([...others.map((other) => other.roll()), isOpen().then((open) => seen.push(open))]);
    }
    expect(seen).not.toContain(false);
    expect(await isOpen()).toBe(true);
  });

  it('R-61: sees an older copy of the same mark by an instruction, or an erasure, that it does not know', async () => {
    expect(await isOpen()).toBe(true);
    const id = newId<'instruction'>(clock.now());
    await opened.intents.put(tenantId, [{ id: id, record: {} }]);
    expect([await isOpen(), await isOpen(false)]).toEqual([false, true]);
    // Known to the data database, it says nothing.
    await owner.query('alter table instruction disable trigger all');
    await owner.query(
      `insert into instruction (tenant_id, id, type, basis, state, flags, api_client_id, scope_elements, writing_key_id,
         sealed_writing, writing_commitment, policy_version, accepted_at)
       values ($1, $2, 'DELETE', 'END_OF_PURPOSE', 'APPROVED', '{}', $3, '{}', $3, '', '', '', now())`,
      [tenantId, id, newId(clock.now())],
    );
    expect(await isOpen()).toBe(true);
    const subjectId = newId<'subject'>(clock.now());
    await opened.vault.intend(tenantId, [{ instructionId: id, subjectId, elements: [], keyIds: [] }]);
    expect(await isOpen()).toBe(false);
    await owner.query(
      `insert into execution_step (tenant_id, instruction_id, name, position, state, started_at)
       values ($1, $2, 'INTEND', 1, 'STARTED', now())`,
      [tenantId, id],
    );
    expect(await isOpen()).toBe(true);
  });

  it('R-61: sees an older copy of the same mark by a log that was signed further, and no crash for one', async () => {
    const origin = 'personr.example/log/tide';
    const log = new AuditLog();
    const at = clock.now();
    await tenancy.forTenant(tenantId, (tx) => log.open(tx, { origin, at }));
    await tenancy.forTenant(tenantId, (tx) =>
      log.append(tx, { event: 'restore.performed', at, actor: { kind: 'SYSTEM' } }),
    );
    const { rows } = await owner.query<{ entry: Buffer }>('select entry from audit_outbox');
    expect(await isOpen()).toBe(true);
    // Whoever recorded this tree died before its entry had a place: it still waits, and the next goes on.
    const next = { size: 1, root: hashLeaf(rows[0]!.entry) };
    await opened.heads.swap(tenantId, origin, { before: null, next });
    expect(await isOpen()).toBe(true);
    await owner.query('update audit_outbox set entry = $1', [Buffer.from('{"another":1}')]);
    expect([await isOpen(), await isOpen(false)]).toEqual([false, true]);
    await owner.query('delete from audit_outbox');
    expect(await isOpen()).toBe(false);
  });

  it('R-76: sees an older copy of the same mark by a committed hold that it does not know, and no crash for one', async () => {
    expect(await isOpen()).toBe(true);
    const hold = {
      id: newId<'hold'>(clock.now()),
      subjectId: newId<'subject'>(clock.now()),
      elements: ['FULL_NAME'],
      ground: 'EX_LEGAL',
      citation: '31 CFR 1020.220',
      placedBy: newId(clock.now()),
      instructionId: null,
      startsAt: clock.now(),
      endsAt: null,
      reviewAt: null,
    };
    // Whoever remembered this one died before it committed.
    await opened.holds.put(tenantId, hold);
    expect(await isOpen()).toBe(true);
    await opened.holds.settle(tenantId, hold.id);
    expect([await isOpen(), await isOpen(false)]).toEqual([false, true]);
    const looking = isOpen();
    await owner.query(
      `insert into hold (tenant_id, id, subject_id, elements, ground, citation, placed_by, starts_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [
        tenantId,
        hold.id,
        hold.subjectId,
        hold.elements,
        hold.ground,
        hold.citation,
        hold.placedBy,
        hold.startsAt,
      ],
    );
    expect(await looking).toBe(true);
  });

  it('stays closed over every look and start until its own replay opens it', async () => {
    expect(await isOpen()).toBe(true);
    const restoreId = await tide.close();
    expect(await tide.close()).toBe(restoreId);
    expect(await isOpen()).toBe(false);
    await tide.open(randomUUID());
    expect(await isOpen()).toBe(false);
    await tide.open(restoreId);
    expect(await isOpen()).toBe(true);
    expect(await tide.close()).not.toBe(restoreId);
  });

  it('never takes data for its own whose tenants the key store does not know', async () => {
    const others = await createTestDatabases();
    const foreign = await openTestVault({ keystoreUrl: others.keystoreUrl, clock });
    const beside = tideOf(foreign);
    expect(await beside.isOpen({ thoroughly: true })).toBe(false);
    expect(await beside.strangers()).toEqual([tenantId]);
    expect(await foreign.tide.read()).toBeNull();
    expect(await isOpen()).toBe(true);
    await foreign.close();
    await others.drop();
  });

  it('the gate is closed until it has seen that it may be open', async () => {
    const gate = new TideGate(tide);
    expect(gate.isOpen).toBe(false);
    expect(() => {
      gate.assertOpen();
    }).toThrow(expect.objectContaining({ code: 'RESTORE_REPLAY_PENDING' }) as Error);
    await gate.onModuleInit();
    await expect(gate.check()).resolves.toBeUndefined();
    await tide.close();
    await gate.look();
    expect(gate.isOpen).toBe(false);
    await gate.onApplicationShutdown();
  });
});
