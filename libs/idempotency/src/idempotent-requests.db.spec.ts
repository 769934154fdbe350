import { type Json, newId, type TenantId } from '@personr/kernel';
import { SettableClock } from '@personr/kernel/testing';
import { openTenancy, type Tenancy, type TenantTx } from '@personr/tenancy';
import { aTenant } from '@personr/tenancy/testing';
import { createTestDatabases, type TestDatabases } from '@personr/testkit';
import { openTestVault, type TestVault } from '@personr/vault/testing';
import { type EarlierAnswer, type IdempotentRequest } from './idempotent-request.js';
import { IdempotentRequests } from './idempotent-requests.js';

const NOON = '2026-11-24T12:00:00.000Z';

describe('an idempotent request', () => {
  let databases: TestDatabases;
  let tenancy: Tenancy;
  let opened: TestVault;
  let requests: IdempotentRequests;
  let tenantId: TenantId;
  const clock = new SettableClock(NOON);
  const answer: EarlierAnswer = { resourceIds: [newId(clock.now()), newId(clock.now())], status: 201 };

  const identify = (key: string, body: Json = { a: 1 }, tenant = tenantId) =>
    requests.identify(tenant, { key, act: 'POST /v1/subjects', body });
  /** Does the act unless it took effect before; returns the earlier answer. */
  const send = async (key: string, body?: Json, tenant = tenantId) => {
    const request = await identify(key, body, tenant);
    return tenancy.forTenant(tenant, async (tx) => {
      const earlier = await requests.begin(tx, request);
      if (earlier === null) await requests.finish(tx, request, answer);
      return earlier;
    });
  };

  /** How many rows this connection has read of those that are kept. */
  const rowsRead = async (tx: TenantTx): Promise<number> => {
    const [row] = await tx.bulk`
      select sum(pg_stat_get_xact_tuples_fetched(place))::int as count from (
        select 'idempotency'::regclass::oid as place
        union all select indexrelid from pg_index where indrelid = 'idempotency'::regclass) as places`;
    return row?.count as number;
  };

  const aBusiness = async () => {
    const id = await aTenant(tenancy, clock.now());
    await opened.vault.openTenant(id);
    return id;
  };

  beforeAll(async () => {
    databases = await createTestDatabases();
    tenancy = openTenancy(databases);
    opened = await openTestVault({ keystoreUrl: databases.keystoreUrl, clock });
    requests = new IdempotentRequests(opened.vault, clock);
  });

  beforeEach(async () => {
    clock.set(NOON);
    tenantId = await aBusiness();
  });

  afterAll(async () => {
    await tenancy.close();
    await opened.close();
    await databases.drop();
  });

  it('R-07: takes effect once, and is answered then as it was the first time', async () => {
    expect(await send('key-1')).toBeNull();
    expect(await send('key-1')).toEqual(answer);
    expect(await send('key-1')).toEqual(answer);
    expect(await send('key-2')).toBeNull();
  });

  it('R-07: is looked up by itself, however many keys the tenant has and whatever the statistics say', async () => {
    const many = Array.from({ length: 3_000 }, (_, at) => ({
      key: `many-${String(at)}`,
      act: 'POST /v1/subjects',
      body: {},
    }));
    const made = (await requests.identifyAll(tenantId, many)) as IdempotentRequest[];
    await tenancy.forTenant(tenantId, (tx) =>
      requests.finishAll(
        tx,
        made.map((request) => ({ request, answer })),
      ),
    );
    const read = await tenancy.forTenant(tenantId, async (tx) => {
      const before = await rowsRead(tx);
      expect(await requests.earlierAll(tx, made.slice(0, 100))).toEqual(made.slice(0, 100).map(() => answer));
      return (await rowsRead(tx)) - before;
    });
    expect(read).toBe(100);
  });

  it('R-07: is the same request however its members are ordered, and another with any other content', async () => {
    await send('key-1', { a: 1, b: [{ c: 'x', d: null }] });
    expect(await send('key-1', { b: [{ d: null, c: 'x' }], a: 1 })).toEqual(answer);
    await expect(send('key-1', { a: 2, b: [{ c: 'x', d: null }] })).rejects.toMatchObject({
      code: 'IDEMPOTENCY_CONFLICT',
    });
    const elsewhere = await requests.identify(tenantId, {
      key: 'key-1',
      act: 'POST /v1/instructions',
      body: { a: 1 },
    });
    await expect(tenancy.forTenant(tenantId, (tx) => requests.begin(tx, elsewhere))).rejects.toMatchObject({
      code: 'IDEMPOTENCY_CONFLICT',
    });
  });

  it('R-07: is refused while one of the same key is still running, and answered once that has ended', async () => {
    const request = await identify('key-1');
    await tenancy.forTenant(tenantId, async (tx) => {
      await requests.begin(tx, request);
      await requests.finish(tx, request, answer);
      await expect(send('key-1')).rejects.toMatchObject({ code: 'IDEMPOTENCY_IN_PROGRESS' });
      expect(await send('another-key')).toBeNull();
    });
    expect(await send('key-1')).toEqual(answer);
  });

  it('R-07: takes effect once of ten that are sent at once', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => send('key-1')));
    const first = outcomes.filter((outcome) => outcome.status === 'fulfilled' && outcome.value === null);
    expect(first).toHaveLength(1);
    for (const outcome of outcomes) {
      if (outcome.status === 'fulfilled') expect([null, answer]).toContainEqual(outcome.value);
      else expect(outcome.reason).toMatchObject({ code: 'IDEMPOTENCY_IN_PROGRESS' });
    }
  });

  it('may take effect later when its act failed the first time', async () => {
    const request = await identify('key-1');
    const failing = tenancy.forTenant(tenantId, async (tx) => {
      await requests.begin(tx, request);
      await requests.finish(tx, request, answer);
      throw new Error('the act failed');
    });
    await expect(failing).rejects.toThrow('the act failed');
    expect(await send('key-1')).toBeNull();
  });

  it('R-07: is the same over midnight, and for 24 hours at least', async () => {
    clock.set('2026-11-24T23:59:59.999Z');
    await send('late');
    clock.set('2026-11-25T00:00:00.000Z');
    expect(await send('late')).toEqual(answer);
    await expect(send('late', { other: true })).rejects.toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' });
    await send('early');
    clock.set('2026-11-26T00:00:00.000Z');
    expect(await send('early')).toEqual(answer);
  });

  it('R-07: meets its like on the other side of midnight', async () => {
    clock.set('2026-11-24T23:59:59.999Z');
    const before = await identify('key-1');
    clock.set('2026-11-25T00:00:00.000Z');
    const after = await identify('key-1');
    await tenancy.forTenant(tenantId, async (tx) => {
      await requests.begin(tx, before);
      const second = tenancy.forTenant(tenantId, (other) => requests.begin(other, after));
      await expect(second).rejects.toMatchObject({ code: 'IDEMPOTENCY_IN_PROGRESS' });
    });
  });

  it("R-01: of one tenant is not another tenant's, and is known there by another hash", async () => {
    const other = await aBusiness();
    await send('key-1');
    expect(await send('key-1', { a: 'other' }, other)).toBeNull();
    const [mine, theirs] = [await identify('key-1'), await identify('key-1', { a: 1 }, other)];
    expect(Buffer.from(mine.tag.today).equals(theirs.tag.today)).toBe(false);
    expect(Buffer.from(mine.fingerprint.today).equals(theirs.fingerprint.today)).toBe(false);
  });

  it('R-07: acts once for one key, and whenever it has none', async () => {
    let acts = 0;
    const once = async (key: string | null) => {
      const request = key === null ? null : await identify(key);
      return tenancy.forTenant(tenantId, (tx) =>
        requests.once(tx, request, {
          act: () => Promise.resolve({ answer: `act ${(acts += 1)}`, ...answer }),
          replay: ({ resourceIds, status }) => Promise.resolve(`again ${resourceIds.join()} ${status}`),
        }),
      );
    };
    const again = `again ${answer.resourceIds.join()} 201`;
    expect([await once('key-1'), await once('key-1'), await once('key-1')]).toEqual(['act 1', again, again]);
    expect([await once(null), await once(null)]).toEqual(['act 2', 'act 3']);
  });

  it('is kept as hashes, ids and times alone', async () => {
    await send('ada@people.example', { name: 'Ada Invented' });
    const rows = await tenancy.forTenant(tenantId, (tx) => tx.idempotency.findMany());
    expect(rows).toEqual([
      {
        tenantId,
        tag: expect.any(Uint8Array) as unknown,
        fingerprint: expect.any(Uint8Array) as unknown,
        resourceIds: answer.resourceIds,
        status: 201,
        createdAt: clock.now(),
        expiresAt: new Date('2026-11-25T12:00:00.000Z'),
      },
    ]);
    const { tag, fingerprint } = rows[0]!;
    expect([tag.length, fingerprint.length]).toEqual([32, 32]);
    for (const bytes of [tag, fingerprint])
      expect(Buffer.from(bytes).toString('latin1')).not.toContain('ada@');
  });

  it('of a batch is judged by itself: malformed, without a spelling, new, early, in conflict, at work, repeated', async () => {
    const request = (key: string, body: Json = { a: 1 }) => ({ key, act: 'POST /v1/subjects', body });
    await send('early');
    await send('other', { a: 2 });
    const busy = await identify('busy');
    const keys = ['two words', 'new', 'early', 'other', 'busy', 'new'];
    const identified = await requests.identifyAll(tenantId, [
      null,
      request('odd', '\ud800'),
      ...keys.map((key) => request(key)),
    ]);
    expect(identified.slice(0, 3)).toEqual([
      null,
      expect.objectContaining({ code: 'JSON_NOT_CANONICAL' }),
      expect.objectContaining({ code: 'IDEMPOTENCY_KEY_MALFORMED' }),
    ]);
    const sound = identified.slice(3).map((one) => one as typeof busy);
    expect(sound[0]).toEqual(await identify('new'));
    await tenancy.forTenant(tenantId, async (tx) => {
      await requests.begin(tx, busy);
      await tenancy.forTenant(tenantId, async (other) => {
        expect(await requests.beginAll(other, sound)).toEqual([
          null,
          answer,
          expect.objectContaining({ code: 'IDEMPOTENCY_CONFLICT' }),
          expect.objectContaining({ code: 'IDEMPOTENCY_IN_PROGRESS' }),
          expect.objectContaining({ code: 'IDEMPOTENCY_IN_PROGRESS' }),
        ]);
        expect(await requests.earlierAll(other, sound.slice(0, 2))).toEqual([null, answer]);
        await requests.finishAll(other, [{ request: sound[0]!, answer }]);
      });
    });
    expect(await send('new')).toEqual(answer);
    expect(await send('busy')).toBeNull();
  });

  it.each(['', ' ', 'a b', 'é', 'tab\t', 'line\n', 'x'.repeat(256), '\u0000'])(
    'is refused with the key %j',
    async (key) => {
      await expect(identify(key)).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_MALFORMED' });
    },
  );

  it('is taken with a key of any visible ASCII, up to 255 characters', async () => {
    const visible = Array.from({ length: 94 }, (_, at) => String.fromCharCode(33 + at)).join('');
    expect(await send(visible)).toBeNull();
    expect(await send('~'.repeat(255))).toBeNull();
  });
});
