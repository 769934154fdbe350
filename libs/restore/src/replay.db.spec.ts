import { expectLogIntact } from '@personr/audit/testing';
import { type InstructionId, newId, type SubjectId } from '@personr/kernel';
import { subjectPrefix } from '@personr/stores';
import { createTestDatabases } from '@personr/testkit';
import { openTestVault } from '@personr/vault/testing';
import { Death, DyingTenancy, ReplayFixture } from './replay.spec-helper.js';

describe('the replay of an older data database', () => {
  let house: ReplayFixture;
  let gone: SubjectId;
  let kept: SubjectId;
  let open: InstructionId;
  let done: InstructionId;

  beforeAll(async () => {
    house = await ReplayFixture.open();
    [gone, kept] = [await house.admit('gone'), await house.admit('kept')];
    await house.sequence();
    await house.keep('before');
    done = await house.instruct(gone);
    await house.carryOut(done);
    const waits = await house.admit('waits');
    open = await house.instruct(waits);
    await house.sequence();
  });
  afterAll(() => house.close(['before']));

  const state = () =>
    house.ask<Record<string, string>>(
      `select (select count(*) from record where subject_id = $1) as records,
              (select count(*) from document where subject_id = $1) as documents,
              (select count(*) from subject where id = $1) as subjects,
              (select string_agg(id || state, ',' order by id) from instruction) as instructions,
              (select string_agg(body || edition, ',' order by instruction_id, edition) from receipt) as receipts,
              (select count(*) from execution_step where state = 'DONE') as steps,
              (select string_agg(to_state, ',' order by instruction_id, position) from instruction_transition) as history,
              (select count(*) from suppressed_identity) as identities,
              (select count(*) from suppressed_reference) as suppressed,
              (select string_agg(reference_id || (done_at is null)::text, ',' order by reference_id) from work) as work,
              (select count(*) from log_entry where event = 'restore.performed')
                + (select count(*) from audit_outbox where convert_from(entry, 'UTF8') like '%restore.performed%') as told`,
      [gone],
    );
  const isOpen = () => house.tide.isOpen({ thoroughly: true });

  it('R-61, R-65, R-70: comes to the same end wherever it dies, before a commit and after, and is told of once', async () => {
    await house.goBack('before');
    expect(await isOpen()).toBe(false);
    const replayed = await house.replay();
    expect([...replayed!.tenants.values()]).toMatchObject([
      { instructions: 2, endings: 1, erasures: 1, quarantined: 0, suppressed: 2 },
    ]);
    const [sound] = await state();
    expect(sound).toMatchObject({ records: '0', documents: '0', subjects: '0', told: '1', steps: '8' });
    expect(sound!.instructions).toContain(`${done}COMPLETED`);
    expect(sound!.work).toContain(`${open}true`);
    let deaths = 0;
    for (let at = 1; deaths === at - 1; at += 1) {
      for (const committed of [false, true]) {
        await house.goBack('before');
        const dying = new DyingTenancy(house.tenancy, { at, committed });
        const died = await house.replay({ tenancy: dying }).then(
          () => false,
          (error: unknown) => {
            if (!(error instanceof Death)) throw error;
            return true;
          },
        );
        if (!died) break;
        expect(await isOpen()).toBe(false);
        await house.replay();
        expect(await state()).toEqual([sound]);
        expect(await isOpen()).toBe(true);
        deaths = at;
      }
    }
    expect(deaths).toBeGreaterThan(10);
  });

  it('R-61: leaves the survivors readable and the log whole; again, there is nothing to do', async () => {
    await house.goBack('before');
    await house.replay();
    expect((await house.read(kept)).length).toBeGreaterThan(0);
    await expect(house.read(gone)).rejects.toMatchObject({ code: 'SUBJECT_NOT_FOUND' });
    expect(await house.objects.remaining({ prefix: subjectPrefix(house.bank.tenantId, gone) })).toBe(0);
    await house.sequence();
    await expectLogIntact(
      house.tenancy,
      house.bank.tenantId,
      house.signer.vkey('personr.example/log/replay'),
    );
    expect(await house.replay()).toBeNull();
    await house.carryOut(open);
    const [view] = await house.ask<{ state: string }>('select state from instruction where id = $1', [open]);
    expect(view).toEqual({ state: 'COMPLETED' });
  });

  it('sets apart, and never deletes, what has neither key nor ledger line', async () => {
    await house.goBack('before');
    const lost = newId<'key'>(house.clock.now());
    await house.ask('update record set key_id = $1 where subject_id = $2', [lost, kept]);
    const replayed = await house.replay();
    const rows = await house.ask<{ n: string }>('select count(*) as n from record where subject_id = $1', [
      kept,
    ]);
    const apart = await house.ask('select from quarantined_row where subject_id = $1', [kept]);
    expect(Number(rows[0]!.n)).toBeGreaterThan(0);
    expect(apart).toHaveLength(Number(rows[0]!.n));
    expect([...replayed!.tenants.values()]).toMatchObject([{ quarantined: apart.length }]);
  });

  it('refuses a wholly foreign key store with a clear word, changes nothing and stays closed', async () => {
    await house.goBack('before');
    const before = await state();
    const others = await createTestDatabases();
    const foreign = await openTestVault({ keystoreUrl: others.keystoreUrl, clock: house.clock });
    const tide = house.tideOf(foreign);
    const { vault, intents, marks, holds } = foreign;
    await expect(house.replay({ tide, vault, intents, marks, holds })).rejects.toMatchObject({
      code: 'KEY_STORE_STALE',
      message: expect.stringContaining('KEYSTORE_URL') as string,
    });
    expect(await tide.isOpen({ thoroughly: true })).toBe(false);
    expect(await state()).toEqual(before);
    await foreign.close();
    await others.drop();
  });

  it('knows the default of every column of an instruction that an older record may lack', async () => {
    const columns = await house.ask<{ name: string }>(
      `select column_name as name from information_schema.columns
        where table_name = 'instruction' and is_nullable = 'NO' and column_default is not null order by 1`,
    );
    // `replayIntents` names each of them.
    expect(columns.map(({ name }) => name)).toEqual(['urgent', 'whole_tenant']);
  });
});
