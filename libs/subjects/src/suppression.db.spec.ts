import { type Caller } from '@personr/audit';
import { type InstructionId, newId, type SubjectId } from '@personr/kernel';
import { SettableClock } from '@personr/kernel/testing';
import { openTenancy, type Tenancy, type TenantTx } from '@personr/tenancy';
import { aTenant } from '@personr/tenancy/testing';
import { termsOver } from '@personr/terms/testing';
import { createTestDatabases, type TestDatabases } from '@personr/testkit';
import { type Vault } from '@personr/vault';
import { openTestVault, type TestVault } from '@personr/vault/testing';
import pg from 'pg';
import { markErasing, removeSubject } from './subject.repository.js';
import { aNewConsent, aNewRecord, aNewSubject, subjectsOver } from './testing.js';

const DAY = 24 * 60 * 60 * 1000;
/** The bytes of a document that nobody may ask for. */
async function* nothing(): AsyncIterable<Uint8Array> {
  yield await Promise.reject(new Error('the body was read'));
}

const SUPPRESSED = { code: 'SUPPRESSED_REINGEST' };

describe('R-65: whoever was erased', () => {
  let databases: TestDatabases;
  let tenancy: Tenancy;
  let opened: TestVault;
  let keys: pg.Client;
  let room: ReturnType<typeof subjectsOver>;
  let bank: Caller;
  let count = 0;
  let name: string;
  const clock = new SettableClock('2026-11-24T18:00:00.000Z');

  const within = <T>(work: (tx: TenantTx) => Promise<T>): Promise<T> =>
    tenancy.forTenant(bank.tenantId, work);
  const email = () => ({ type: 'EMAIL' as const, value: `${name}@people.example` });
  const admit = (externalId: string, changes = {}) =>
    room.admit.run(bank, aNewSubject(externalId, { identities: [email()], ...changes }), null);
  const policy = (suppressionDays: number) =>
    within((tx) =>
      termsOver({ tenancy, vault: opened.vault, clock }).changePolicy.run(tx, bank, {
        changes: { suppressionDays },
      }),
    );

  /** What an execution does to a subject, in short. */
  const erase = async (subjectId: SubjectId): Promise<InstructionId> => {
    const { tenantId } = bank;
    const instructionId: InstructionId = newId(clock.now());
    const acceptedAt = clock.now();
    clock.advance(1000);
    await within((tx) => markErasing(tx, subjectId, { by: instructionId, isWhole: true }));
    await room.suppressErased(tenantId, [{ subjectId, instructionId, acceptedAt }]);
    const keyIds = await opened.vault.keysOf(tenantId, subjectId);
    await opened.vault.shred(tenantId, keyIds, { instructionId });
    // A crash between the two does it again.
    await room.suppressErased(tenantId, [{ subjectId, instructionId, acceptedAt }]);
    await within(async (tx) => {
      await tx.record.deleteMany({ where: { subjectId } });
      await removeSubject(tx, subjectId);
    });
    return instructionId;
  };
  const events = async (): Promise<Record<string, unknown>[]> => {
    const rows = await within((tx) => tx.auditOutbox.findMany({ orderBy: { id: 'asc' } }));
    return rows
      .map(({ entry }) => JSON.parse(new TextDecoder().decode(entry)) as Record<string, unknown>)
      .filter(({ event }) => event === 'intake.suppressed');
  };
  const indexEntries = async (): Promise<number> => {
    const sql = 'select count(*)::int as n from index_entry where tenant_id = $1';
    return (await keys.query<{ n: number }>(sql, [bank.tenantId])).rows[0]?.n ?? -1;
  };

  beforeAll(async () => {
    databases = await createTestDatabases();
    tenancy = openTenancy(databases);
    opened = await openTestVault({ keystoreUrl: databases.keystoreUrl, clock });
    keys = new pg.Client({ connectionString: databases.keystoreOwnerUrl });
    await keys.connect();
    room = subjectsOver({ tenancy, vault: opened.vault, clock });
  });

  beforeEach(async () => {
    clock.advance(1000);
    count += 1;
    name = `cust-${count}`;
    const tenantId = await aTenant(tenancy, clock.now());
    await opened.vault.openTenant(tenantId);
    bank = { tenantId, actor: { kind: 'API_CLIENT', id: newId(clock.now()) } };
  });

  afterAll(async () => {
    await keys.end();
    await tenancy.close();
    await opened.close();
    await databases.drop();
  });

  it('is not taken in again by any identity, however it is spelt; each attempt is one entry', async () => {
    const { id } = await admit(name);
    const instructionId = await erase(id);
    await expect(admit(name, { identities: [] })).rejects.toMatchObject(SUPPRESSED);
    const shouted = [{ type: 'EMAIL', value: ` ${name.toUpperCase()}@People.example ` }];
    await expect(admit(`${name}-other`, { identities: shouted })).rejects.toMatchObject(SUPPRESSED);
    expect(await events()).toMatchObject([
      { instructionId, reasonCode: 'SUPPRESSED_REINGEST' },
      { instructionId, reasonCode: 'SUPPRESSED_REINGEST' },
    ]);
    expect(JSON.stringify(await events())).not.toContain(name);
    expect(await within((tx) => tx.subject.count())).toBe(0);
    expect(await indexEntries()).toBe(0);
  });

  it('is dropped from a batch that takes everybody else in', async () => {
    const { id } = await admit(name);
    await erase(id);
    const lines = [`${name}-a`, name, `${name}-b`].map((externalId) => ({
      subject: aNewSubject(externalId),
      identity: null,
    }));
    const outcomes = await room.admitAll.run(bank, lines);
    expect(outcomes.map(({ ok }) => ok)).toEqual([true, false, true]);
    expect(outcomes[1]).toMatchObject({ error: SUPPRESSED });
    expect(await events()).toHaveLength(1);
  });

  it('takes in nothing by the id it had, for ever; an id that never was is not found', async () => {
    const { id } = await admit(name);
    await erase(id);
    clock.advance(400 * DAY);
    const adding = (subjectId: SubjectId) => room.add.run(bank, { subjectId, records: [aNewRecord()] }, null);
    await expect(adding(id)).rejects.toMatchObject(SUPPRESSED);
    await expect(adding(newId(clock.now()))).rejects.toMatchObject({ code: 'SUBJECT_NOT_FOUND' });
    const document = { ...aNewRecord({ element: 'SELFIE' }), subjectId: id, mediaType: 'image/png' };
    const body = { bytes: nothing(), sizeBytes: null, sha256: null };
    const upload = room.addDocument.run(bank, { document, body, identity: null });
    await expect(upload).rejects.toMatchObject(SUPPRESSED);
    expect(await events()).toHaveLength(2);
  });

  it('begins anew with a consent given after the erasure was accepted, and goes on without one then', async () => {
    const { id } = await admit(name);
    const before = aNewConsent({ givenAt: clock.now() });
    await erase(id);
    await expect(admit(name, { consents: [before] })).rejects.toMatchObject(SUPPRESSED);
    clock.advance(1000);
    const again = await admit(name, { consents: [aNewConsent({ givenAt: clock.now() })] });
    expect(again).toMatchObject({ created: true });
    expect(again.id).not.toBe(id);
    expect(await admit(name)).toMatchObject({ created: false, id: again.id });
  });

  it('does not keep out another person of the same Business, nor the same one of another Business', async () => {
    const living = await admit(`${name}-living`, {
      identities: [{ type: 'EMAIL', value: 'l@people.example' }],
    });
    const { id } = await admit(name);
    await erase(id);
    // A household's address: it is added to somebody who is held.
    expect(await admit(`${name}-living`)).toMatchObject({ created: false, id: living.id });
    const tenantId = await aTenant(tenancy, clock.now());
    await opened.vault.openTenant(tenantId);
    bank = { ...bank, tenantId };
    expect(await admit(name)).toMatchObject({ created: true });
  });

  it('is forgotten at the end of the window: the key is destroyed and no guess can be confirmed', async () => {
    const { id } = await admit(name);
    await erase(id);
    const day = clock.now().toISOString().slice(0, 10);
    const asking = {
      use: 'suppression',
      windows: [{ day, days: 30 }],
      identities: [email()],
    };
    const [macs] = await opened.vault.windowMacs(bank.tenantId, asking);
    const rows = await within((tx) => tx.suppressedIdentity.findMany());
    expect(rows.map(({ mac }) => Buffer.from(mac).toString('hex'))).toContain(
      Buffer.from(macs?.[0] ?? []).toString('hex'),
    );
    clock.advance(29 * DAY);
    await expect(admit(name)).rejects.toMatchObject(SUPPRESSED);
    clock.advance(DAY);
    const gone =
      "select count(*)::int as n from pack where tenant_id = $1 and array_to_string(labels, ' ') like '%window:%'";
    const windowKeys = async () => (await keys.query<{ n: number }>(gone, [bank.tenantId])).rows[0]?.n;
    expect(await windowKeys()).toBe(1);
    await opened.vault.sweep(bank.tenantId);
    expect(await windowKeys()).toBe(0);
    expect(await opened.vault.windowMacs(bank.tenantId, asking)).toEqual([null]);
    const next = await admit(name);
    expect(next).toMatchObject({ created: true });
    await erase(next.id);
    expect((await within((tx) => tx.suppressionWindow.findMany())).map(({ days }) => days)).toEqual([30]);
  });

  it('is known by random references alone where the policy says no days', async () => {
    await policy(0);
    const { id } = await admit(name);
    await erase(id);
    expect(await within((tx) => tx.suppressedIdentity.count())).toBe(0);
    expect(await within((tx) => tx.suppressedReference.count())).toBe(2);
    expect(await admit(name)).toMatchObject({ created: true });
  });

  it('is not taken in by a line that was judged before the erasure and claimed after it', async () => {
    const { id } = await admit(name);
    // Between its judgement and its claim, the whole erasure happens.
    const { vault } = opened;
    const late = Object.assign(Object.create(vault) as Vault, {
      admitAll: async (...told: Parameters<Vault['admitAll']>) => {
        if ((await within((tx) => tx.subject.count())) > 0) await erase(id);
        return vault.admitAll(...told);
      },
    });
    const admitting = subjectsOver({ tenancy, vault: late, clock }).admit.run(bank, aNewSubject(name), null);
    await expect(admitting).rejects.toMatchObject(SUPPRESSED);
    expect(await within((tx) => tx.subject.count())).toBe(0);
    expect(await within((tx) => tx.record.count())).toBe(0);
    expect(await events()).toHaveLength(1);
  });

  it('is kept out when lines and the erasure come together', async () => {
    const { id } = await admit(name);
    const admissions = Array.from({ length: 12 }, () => admit(name).catch((error: unknown) => error));
    await erase(id);
    await Promise.all(admissions);
    expect(await within((tx) => tx.subject.count())).toBe(0);
  });
});
