import { type ApiClientId, newId } from '@personr/kernel';
import { SettableClock } from '@personr/kernel/testing';
import { aNewSubject } from '@personr/subjects/testing';
import { openTenancy, type Tenancy } from '@personr/tenancy';
import { aTenant } from '@personr/tenancy/testing';
import { leavingBy } from '@personr/terms';
import { createTestDatabases, type TestDatabases } from '@personr/testkit';
import { openTestVault, type TestVault } from '@personr/vault/testing';
import pg from 'pg';
import { readIntents, replayIntents } from './intent.repository.js';
import { type Orderer } from './write-instructions.js';
import { aLeaving, anInstruction, instructionsOver } from './testing.js';

describe('instructions beside a data database of an earlier time', () => {
  let databases: TestDatabases;
  let tenancy: Tenancy;
  let opened: TestVault;
  let owner: pg.Client;
  let bank: Orderer;
  let room: ReturnType<typeof instructionsOver>;
  const clock = new SettableClock('2026-11-30T18:00:00.000Z');

  beforeAll(async () => {
    databases = await createTestDatabases();
    tenancy = openTenancy(databases);
    opened = await openTestVault({ keystoreUrl: databases.keystoreUrl, clock });
    owner = new pg.Client({ connectionString: databases.ownerUrl });
    await owner.connect();
    room = instructionsOver({ tenancy, vault: opened.vault, clock });
    const tenantId = await aTenant(tenancy, clock.now());
    await opened.vault.openTenant(tenantId);
    const clientId: ApiClientId = newId(clock.now());
    bank = { tenantId, clientId, actor: { kind: 'API_CLIENT', id: clientId } };
  });

  afterAll(async () => {
    await owner.end();
    await tenancy.close();
    await opened.close();
    await databases.drop();
  });

  it('R-70: are there again as they were accepted, and whoever ordered everything erased still takes nothing in', async () => {
    const { id } = await room.subjects.admit.run(bank, aNewSubject('cust-1'), null);
    const single = await room.accept.run(bank, anInstruction({ subject: { by: 'ID', id } }), null);
    const whole = await room.leave.run(bank, aLeaving(), null);
    const ids = [single, whole].map(({ view }) => view.instruction.id);
    const intents = await tenancy.forTenant(bank.tenantId, (tx) => readIntents(tx, ids));
    await owner.query(`delete from instruction_transition; delete from instruction_deadline;
                       delete from work; delete from instruction; update tenant set leaving_by = null`);

    const replayed = await tenancy.forTenant(bank.tenantId, (tx) => replayIntents(tx, intents));
    expect(replayed.known).toBe(0);
    expect(replayed.open.map((one) => one.id).sort()).toEqual([...ids].sort());
    expect(await tenancy.forTenant(bank.tenantId, leavingBy)).toBe(ids[1]);
    await expect(room.subjects.admit.run(bank, aNewSubject('cust-2'), null)).rejects.toMatchObject({
      code: 'TENANT_LEAVING',
    });
    for (const { view } of [single, whole]) {
      const found = await room.find.byId(bank.tenantId, view.instruction.id);
      expect(view.instruction).toMatchObject(found.instruction);
      expect(found.history).toEqual(view.history);
    }
    const again = await tenancy.forTenant(bank.tenantId, (tx) => replayIntents(tx, intents));
    expect(again).toEqual({ known: 2, open: [] });
  });
});
