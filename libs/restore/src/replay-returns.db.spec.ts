import { type InstructionId, type SubjectId } from '@personr/kernel';
import { verifyReceipt } from '@personr/proof';
import { ReplayFixture } from './replay.spec-helper.js';

const RETURN = { type: 'RETURN' } as const;

describe.each(['ordered', 'sent'])('the replay of a data database of when all returns were %s', (then) => {
  let house: ReplayFixture;
  const people = new Map<string, { subjectId: SubjectId; id: InstructionId }>();

  /** Somebody by name; all are returned, and what became of each since differs. */
  beforeAll(async () => {
    house = await ReplayFixture.open();
    for (const name of ['ended', 'later', 'acknowledged', 'silent']) {
      const subjectId = await house.admit(name);
      people.set(name, { subjectId, id: await house.instruct(subjectId, RETURN) });
    }
    await house.sequence();
    await house.keep('ordered');
    for (const { id } of people.values()) await house.carryOut(id);
    await house.keep('sent');
    await house.add(of('later').subjectId, 'Ada Later');
    for (const name of ['ended', 'later', 'acknowledged']) await house.acknowledge(of(name).id);
    for (const name of ['ended', 'later']) await house.carryOut(of(name).id);
  });

  afterAll(() => house.close(['ordered', 'sent']));

  const of = (name: string) => people.get(name)!;
  const stateOf = async (name: string): Promise<string> => {
    const [row] = await house.ask<{ state: string }>('select state from instruction where id = $1', [
      of(name).id,
    ]);
    return row!.state;
  };
  const countOf = async (name: string): Promise<number> => {
    const [row] = await house.ask<{ count: number }>(
      'select count(*)::int as count from record where subject_id = $1',
      [of(name).subjectId],
    );
    return row!.count;
  };
  const receiptOf = async (name: string) => {
    const { receipt } = await house.receipt(of(name).id);
    return verifyReceipt(JSON.stringify(receipt), [house.signer.vkey('personr.example/log/replay')]).body;
  };

  it('R-55, R-57, R-62: goes on with what was acknowledged, erases nothing else, and forgets no end', async () => {
    await house.goBack(then);
    expect(await house.tide.isOpen({ thoroughly: true })).toBe(false);
    await house.replay();
    expect(await house.tide.isOpen({ thoroughly: true })).toBe(true);
    expect([await stateOf('ended'), await countOf('ended')]).toEqual(['COMPLETED', 0]);
    expect([await stateOf('later'), await countOf('later')]).toEqual(['COMPLETED', 0]);
    expect(await receiptOf('ended')).toMatchObject({ answer: { nature: 'RETURNED_AND_ERASED' } });

    // It was acknowledged, and nothing was destroyed yet: no package is made again.
    expect(await stateOf('acknowledged')).toBe('ERASING');
    expect(await countOf('acknowledged')).toBe(4);
    await house.carryOut(of('acknowledged').id);
    expect([await stateOf('acknowledged'), await countOf('acknowledged')]).toEqual(['COMPLETED', 0]);
    expect(await receiptOf('acknowledged')).toMatchObject({
      answer: { nature: 'RETURNED_AND_ERASED' },
      package: {
        records: 4,
        documents: 1,
        manifestSha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      },
    });

    // It was not: it is sent again, or waits on, and nothing of it goes.
    if ((await stateOf('silent')) !== 'AWAITING_TRANSFER_ACK') await house.carryOut(of('silent').id);
    expect([await stateOf('silent'), await countOf('silent')]).toEqual(['AWAITING_TRANSFER_ACK', 4]);

    // Who stayed, with what came later, is not kept from coming back.
    const suppressed = await house.ask('select 1 from suppressed_reference where instruction_id = $1', [
      of('later').id,
    ]);
    expect(suppressed).toEqual([]);
  });
});
