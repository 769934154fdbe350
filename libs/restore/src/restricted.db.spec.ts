import { AuditLog } from '@personr/audit';
import { PlaceHold } from '@personr/instruction';
import { aLeaving, instructionsOver } from '@personr/instruction/testing';
import { type SubjectId } from '@personr/kernel';
import { ReadInventory } from '@personr/subjects';
import { ReplayFixture } from './replay.spec-helper.js';

const RESTRICTED = { code: 'RESTRICTED_BY_HOLD' };

describe('R-78: what holds kept from an erasure, in an older data database', () => {
  let house: ReplayFixture;

  beforeEach(async () => {
    house = await ReplayFixture.open();
  });
  afterEach(() => house.close(['before']));

  const rooms = () => {
    const { tenancy, opened, clock, objects } = house;
    return instructionsOver({ tenancy, vault: opened.vault, clock, objects, intents: opened.intents });
  };
  const hold = (subjectId: SubjectId) =>
    house.within((tx) =>
      new PlaceHold(
        new ReadInventory(house.tenancy, house.stores),
        house.opened.holds,
        new AuditLog(),
        house.clock,
      ).run(tx, house.bank, {
        hold: {
          subjectId,
          elements: ['FULL_NAME'],
          ground: 'EX_LEGAL',
          citation: '31 CFR 1020.220(a)(3)',
          endsAt: null,
          reviewAt: new Date('2030-01-01T00:00:00Z'),
        },
        instruction: null,
      }),
    );
  const read = async (subjectId: SubjectId, purpose: string) =>
    (await rooms().subjects.read.run(house.bank, { subjectId, purpose })).map(({ element }) => element);

  it('is read for their ground alone after the replay, as it was before', async () => {
    const subjectId = await house.admit('held');
    await house.sequence();
    await house.keep('before');
    await hold(subjectId);
    await house.carryOut(await house.instruct(subjectId));
    await house.goBack('before');
    expect(await read(subjectId, 'IDENTITY_VERIFICATION').catch(() => [])).toEqual([]);
    await house.replay();
    await expect(read(subjectId, 'LEGAL_OBLIGATION')).rejects.toMatchObject(RESTRICTED);
    expect(await read(subjectId, 'EX_LEGAL')).toEqual(['FULL_NAME']);
  });

  it('so it is of a tenant that has left, whose erasure goes on when the hold ends', async () => {
    const subjectId = await house.admit('held');
    await house.sequence();
    await house.keep('before');
    const placed = await hold(subjectId);
    const { view } = await rooms().leave.run(house.bank, aLeaving(), null);
    await house.carryOut(view.instruction.id);
    await house.goBack('before');
    await house.replay();
    await expect(read(subjectId, 'LEGAL_OBLIGATION')).rejects.toMatchObject(RESTRICTED);
    expect(await read(subjectId, 'EX_LEGAL')).toEqual(['FULL_NAME']);
    const kept = await house.ask('select kept_by from hold where id = $1', [placed.id]);
    expect(kept).toEqual([{ kept_by: view.instruction.id }]);
  });
});
