import { type TenantId } from '@personr/kernel';
import { openTenancy, type Tenancy } from '@personr/tenancy';
import { aTenant } from '@personr/tenancy/testing';
import { createTestDatabases, type TestDatabases } from '@personr/testkit';
import { type AuditEvent } from './audit-event.js';
import { AuditLog } from './audit-log.js';

const AT = new Date('2026-11-25T12:00:00.000Z');

describe('entries of a batch', () => {
  let databases: TestDatabases;
  let tenancy: Tenancy;
  let bank: TenantId;
  const log = new AuditLog();
  const anEvent = (changes: Partial<AuditEvent> = {}): AuditEvent => ({
    event: 'subject.admitted',
    at: AT,
    actor: { kind: 'SYSTEM' },
    ...changes,
  });
  const appendAll = (events: readonly AuditEvent[]) =>
    tenancy.forTenant(bank, (tx) => log.appendAll(tx, events));
  const entries = async () =>
    new Map(
      (await tenancy.forTenant(bank, (tx) => tx.auditOutbox.findMany())).map(({ id, entry }) => [
        id,
        JSON.parse(new TextDecoder().decode(entry)) as object,
      ]),
    );

  beforeAll(async () => {
    databases = await createTestDatabases();
    tenancy = openTenancy(databases);
  });
  beforeEach(async () => {
    bank = await aTenant(tenancy);
  });
  afterAll(async () => {
    await tenancy.close();
    await databases.drop();
  });

  it('are as many as the events, named in their order', async () => {
    const ids = await appendAll([anEvent({ detail: { n: 0 } }), anEvent({ detail: { n: 1, text: '"\\' } })]);
    const written = await entries();
    expect([...written.keys()].sort()).toEqual([...ids].sort());
    const common = { event: 'subject.admitted', tenantId: bank, at: AT.toISOString() };
    expect(written.get(ids[0]!)).toMatchObject({ ...common, id: ids[0], detail: { n: 0 } });
    expect(written.get(ids[1]!)).toMatchObject({ ...common, id: ids[1], detail: { n: 1, text: '"\\' } });
    expect(await appendAll([])).toEqual([]);
  });

  it('are none when one of them is too large', async () => {
    const large = anEvent({ detail: { text: 'x'.repeat(66_000) } });
    await expect(appendAll([anEvent(), large])).rejects.toMatchObject({ code: 'ENTRY_TOO_LARGE' });
    expect((await entries()).size).toBe(0);
  });
});
