import { type ApiClientId, newId, type TenantId } from '@personr/kernel';
import { SettableClock } from '@personr/kernel/testing';
import { openTenancy, type Tenancy } from '@personr/tenancy';
import { aTenant } from '@personr/tenancy/testing';
import { createTestDatabases, type TestDatabases } from '@personr/testkit';
import { AuditLog } from './audit-log.js';
import { type CountableEvent } from './counted-event.js';
import { CountedLog } from './counted-log.js';
import { LaterCounts } from './later-counts.js';

type Entry = {
  readonly event: string;
  readonly actor: object;
  readonly reasonCode?: string;
  readonly requestId?: string;
  readonly detail?: { readonly count?: number; readonly clientId?: string; readonly route?: string };
};

const NOON = '2026-11-25T12:00:00.000Z';

describe('what somebody may cause as often as they like', () => {
  let databases: TestDatabases;
  let tenancy: Tenancy;
  let clock: SettableClock;
  let bank: TenantId;
  const clientId: ApiClientId = newId(new Date(NOON));
  const processes = () =>
    Array.from({ length: 3 }, () => new CountedLog(tenancy, new AuditLog(), clock)) as [
      CountedLog,
      CountedLog,
      CountedLog,
    ];

  const aRefusal = (changes: Partial<CountableEvent> = {}, reasonCode = 'SUBJECT_NOT_FOUND') => ({
    event: {
      event: 'request.refused',
      at: clock.now(),
      actor: { kind: 'API_CLIENT', id: clientId } as const,
      reasonCode,
      requestId: 'a-request',
    },
    clientId,
    route: 'GET /v1/subjects/{id}',
    counting: { singly: 3, seconds: 60 },
    ...changes,
  });

  const entries = async (): Promise<Entry[]> =>
    (await tenancy.forTenant(bank, (tx) => tx.auditOutbox.findMany({ orderBy: { id: 'asc' } }))).map(
      ({ entry }) => JSON.parse(new TextDecoder().decode(entry)) as Entry,
    );
  const told = async (): Promise<number> =>
    (await entries()).reduce((sum, { detail }) => sum + (detail?.count ?? 1), 0);

  beforeAll(async () => {
    databases = await createTestDatabases();
    tenancy = openTenancy(databases);
  });
  beforeEach(async () => {
    clock = new SettableClock(NOON);
    bank = await aTenant(tenancy);
  });
  afterAll(async () => {
    await tenancy.close();
    await databases.drop();
  });

  it('R-100: has an entry each while it is little', async () => {
    const [log] = processes();
    await log.note(bank, [aRefusal()]);
    await log.note(bank, [aRefusal()]);
    clock.advance(60_000);
    expect(await log.tell(bank)).toBe(1);
    expect(await entries()).toMatchObject([
      { event: 'request.refused', reasonCode: 'SUBJECT_NOT_FOUND', requestId: 'a-request' },
      { event: 'request.refused', reasonCode: 'SUBJECT_NOT_FOUND', requestId: 'a-request' },
    ]);
  });

  it('R-100: of a flood at several processes has the first entries and one for all others; nothing is lost', async () => {
    const logs = processes();
    await Promise.all(
      Array.from({ length: 1_000 }, (_, at) => (logs[at % 3] ?? logs[0]).note(bank, [aRefusal()])),
    );
    expect(await entries()).toHaveLength(3);
    expect(await logs[0].tell(bank)).toBe(0);
    clock.advance(60_000);
    const due = await tenancy.forRelay((tx) => logs[0].due(tx, 100));
    expect(due).toContain(bank);
    await Promise.all(logs.map((log) => log.tell(bank)));
    expect(await entries()).toHaveLength(4);
    const summary = (await entries()).find(({ detail }) => detail?.count !== undefined);
    expect(summary).toMatchObject({
      event: 'request.refused',
      actor: { kind: 'API_CLIENT', id: clientId },
      reasonCode: 'SUBJECT_NOT_FOUND',
      detail: {
        count: 997,
        route: 'GET /v1/subjects/{id}',
        from: '2026-11-25T12:00:00.000Z',
        until: '2026-11-25T12:01:00.000Z',
      },
    });
    expect(await tenancy.forTenant(bank, (tx) => tx.countedEvent.count())).toBe(0);
  });

  it('is told apart by client, route, code and interval', async () => {
    const [log] = processes();
    const other: ApiClientId = newId(clock.now());
    const different = [
      aRefusal(),
      aRefusal({}, 'SUBJECT_AMBIGUOUS'),
      aRefusal({ route: 'GET /v1/subjects' }),
      aRefusal({ clientId: other }),
    ];
    await log.note(bank, [...different, ...different, ...different, ...different]);
    clock.advance(60_000);
    await log.note(bank, [aRefusal()]);
    expect(await entries()).toHaveLength(4 * 3 + 1);
    await log.tell(bank);
    const counted = (await entries()).flatMap(({ detail }) => detail?.count ?? []);
    expect(counted).toEqual([1, 1, 1, 1]);
    expect(await told()).toBe(4 * 4 + 1);
  });

  it('comes with what its transaction does, or not at all', async () => {
    const [log] = processes();
    const failing = tenancy.forTenant(bank, async (tx) => {
      await log.noteIn(tx, [aRefusal(), aRefusal()]);
      throw new Error('the act fails');
    });
    await expect(failing).rejects.toThrow('the act fails');
    expect(await entries()).toEqual([]);
    expect(await tenancy.forTenant(bank, (tx) => tx.countedEvent.count())).toBe(0);
  });

  it('that cannot be written is refused to each who waits, and to nobody after', async () => {
    const [log] = processes();
    const bad = aRefusal({ event: { ...aRefusal().event, detail: { text: 'x'.repeat(66_000) } } });
    const waiting = await Promise.allSettled([log.note(bank, [bad]), log.note(bank, [aRefusal()])]);
    expect(waiting.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    await log.note(bank, [aRefusal()]);
    expect(await told()).toBe(2);
  });

  it('R-01: is nobody else’s', async () => {
    const market = await aTenant(tenancy);
    const [log] = processes();
    await log.note(bank, [aRefusal()]);
    clock.advance(60_000);
    expect(await log.tell(market)).toBe(0);
    expect(await tenancy.forTenant(market, (tx) => tx.countedEvent.count())).toBe(0);
  });

  it('and that nobody waits for, comes later, in the name of the system when nobody proved who it was', async () => {
    const [log] = processes();
    const later = new LaterCounts(log);
    const knock = aRefusal({
      event: { event: 'sign-in.refused', at: clock.now(), actor: { kind: 'SYSTEM' }, reasonCode: 'SECRET' },
      route: 'POST /oauth/token',
      counting: { singly: 0, seconds: 3_600 },
    });
    for (let times = 0; times < 500; times += 1) later.note(bank, knock);
    await later.beforeApplicationShutdown();
    expect(await entries()).toEqual([]);
    clock.advance(3_600_000);
    await log.tell(bank);
    expect(await entries()).toMatchObject([
      {
        event: 'sign-in.refused',
        actor: { kind: 'SYSTEM' },
        reasonCode: 'SECRET',
        detail: { clientId, count: 500 },
      },
    ]);
  });
});
