import { type InstructionId } from '@personr/kernel';
import { tenantPrefix } from '@personr/stores';
import { ReplayFixture } from './replay.spec-helper.js';

describe('the replay of a data database older than the leaving of its tenant', () => {
  let house: ReplayFixture;
  let leaving: InstructionId;
  const SUBJECTS = 3;

  beforeAll(async () => {
    house = await ReplayFixture.open();
    for (let at = 0; at < SUBJECTS; at += 1) await house.admit(`cust-${at}`);
    await house.sequence();
    await house.keep('before');
    leaving = await house.leave();
    // One turn: the root is destroyed, and what hung below it has hardly begun to go.
    await house.carryOut(leaving, { turnMilliseconds: 0, subjectsAtOnce: 1 });
  });
  afterAll(() => house.close(['before']));

  const left = async () => {
    const [rows] = await house.ask<Record<string, string>>(
      `select (select count(*) from record) as records, (select count(*) from document) as documents,
              (select count(*) from quarantined_row) as apart`,
    );
    return {
      ...rows,
      objects: await house.objects.remaining({ prefix: tenantPrefix(house.bank.tenantId) }),
    };
  };
  const stateOf = async () => {
    const [row] = await house.ask<{ state: string }>('select state from instruction where id = $1', [
      leaving,
    ]);
    return row?.state;
  };

  it('R-61, R-79: takes keys of a tree that is still being cleared for gone: nothing comes back, nothing is set apart', async () => {
    expect(await stateOf()).toBe('ERASING');
    const owners = { tree: 'SUBJECTS', after: null, limit: 10 } as const;
    expect(await house.opened.vault.owners(house.bank.tenantId, owners)).not.toEqual([]);
    await house.goBack('before');
    expect(await left()).toMatchObject({ records: '12', documents: '3' });
    const replayed = await house.replay();
    expect([...replayed!.tenants.values()]).toMatchObject([{ instructions: 1, rows: 15, quarantined: 0 }]);
    expect(await left()).toEqual({ records: '0', documents: '0', apart: '0', objects: 0 });
  });

  it('R-70: goes on leaving where it was, to its end', async () => {
    for (let turn = 0; turn < 20 && (await stateOf()) !== 'COMPLETED'; turn += 1) {
      house.clock.advance(120_000);
      await house.carryOut(leaving);
    }
    expect(await stateOf()).toBe('COMPLETED');
    const [subjects] = await house.ask<{ n: number }>('select count(*)::int as n from subject');
    expect(subjects).toEqual({ n: 0 });
    const owners = { tree: 'SUBJECTS', after: null, limit: 10 } as const;
    expect(await house.opened.vault.owners(house.bank.tenantId, owners)).toEqual([]);
  });
});
