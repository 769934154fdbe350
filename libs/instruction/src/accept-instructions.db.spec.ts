import { type RequestIdentity } from '@personr/idempotency';
import { DomainError, type InstructionId, newId, type SubjectId } from '@personr/kernel';
import { SettableClock } from '@personr/kernel/testing';
import { aNewSubject, type TestClient, TestHouse } from '@personr/subjects/testing';
import { type Tenancy } from '@personr/tenancy';
import type pg from 'pg';
import { type LineOutcome, type OrderLine } from './acceptance.js';
import { type NewInstruction } from './instruction.js';
import { moveInstruction } from './move-instruction.js';
import { anInstruction, instructionsOver } from './testing.js';

describe('accepting many instructions', () => {
  let house: TestHouse;
  let tenancy: Tenancy;
  let owner: pg.Client;
  let room: ReturnType<typeof instructionsOver>;
  let bank: TestClient;
  let market: TestClient;
  const clock = new SettableClock('2026-11-30T18:00:00.000Z');

  const admit = async (externalId: string, caller = bank): Promise<SubjectId> =>
    (await room.subjects.admit.run(caller, aNewSubject(externalId), null)).id;
  const about = (externalId: string): NewInstruction['subject'] => ({
    by: 'IDENTITIES',
    identities: [{ type: 'EXTERNAL_ID', value: externalId }],
  });
  const line = (key: string | null, changes: Partial<NewInstruction> = {}): OrderLine => {
    const order = anInstruction(changes);
    const body = JSON.parse(JSON.stringify(order)) as RequestIdentity['body'];
    return { order, identity: key === null ? null : { key, act: 'acceptInstruction', body } };
  };
  const send = (lines: readonly OrderLine[], sender = bank) => room.acceptAll.run(sender, lines, 'BULK');
  const said = (outcomes: readonly LineOutcome[]) =>
    outcomes.map((outcome) => (outcome instanceof DomainError ? outcome.code : outcome.outcome));
  const idOf = (outcome: LineOutcome | undefined): InstructionId => {
    if (outcome === undefined || outcome instanceof DomainError) throw new Error('it was refused');
    return outcome.instruction.id;
  };
  const events = () => house.entries(bank.tenantId, 'instruction.');
  const rowsOf = () =>
    tenancy.forTenant(bank.tenantId, async (tx) => ({
      instructions: await tx.instruction.count(),
      works: await tx.work.findMany({ orderBy: { id: 'asc' } }),
    }));

  beforeAll(async () => {
    house = await TestHouse.open(clock);
    ({ tenancy, owner } = house);
    room = instructionsOver(house.foundations);
    market = await house.business();
  });

  beforeEach(async () => {
    clock.advance(1000);
    bank = await house.business();
  });

  afterAll(() => house.close());

  it('writes of each what one alone leaves: history, clocks, entry, sealed writing, work', async () => {
    const subjects = [await admit('cust-1'), await admit('cust-2')];
    const { view } = await room.accept.run(bank, anInstruction({ subject: about('cust-1') }), null);
    const alone = await room.find.byId(bank.tenantId, view.instruction.id);
    const outcomes = await send([
      line('a', { subject: about('cust-1') }),
      line('b', { subject: { by: 'ID', id: subjects[1]! }, scopeElements: ['FULL_NAME'] }),
      line('c', { subject: about('nobody'), basis: 'END_OF_PURPOSE', verification: null }),
    ]);
    expect(said(outcomes)).toEqual(['ACCEPTED', 'ACCEPTED', 'ACCEPTED']);
    const [one, two, three] = await Promise.all(
      outcomes.map((outcome) => room.find.byId(bank.tenantId, idOf(outcome))),
    );
    const own = { id: one!.instruction.id, writingCommitment: one!.instruction.writingCommitment };
    expect(one).toEqual({
      ...alone,
      instruction: { ...alone.instruction, ...own },
      deadlines: one!.deadlines,
    });
    expect(one!.deadlines.map(({ code, dueAt }) => [code, dueAt]).sort()).toEqual(
      alone.deadlines.map(({ code, dueAt }) => [code, dueAt]).sort(),
    );
    expect(two!.instruction).toMatchObject({
      subjectId: subjects[1],
      scopeElements: ['FULL_NAME'],
      state: 'APPROVED',
    });
    expect(three!.instruction).toMatchObject({ subjectId: null, state: 'NO_DATA' });
    const { works } = await rowsOf();
    const bulk = works.filter(({ lane }) => lane === 'BULK').map(({ referenceId }) => referenceId);
    expect(bulk.sort()).toEqual(outcomes.map(idOf).sort());
    const commitments = new Set((await events()).map(({ commitment }) => commitment));
    expect(commitments.size).toBe(4);
  });

  it('spoils nothing by a bad line: each is refused for itself and leaves one entry', async () => {
    const erased = await admit('gone');
    await admit('cust-1');
    const strange = await admit('elsewhere', market);
    const far = new Date(clock.now().getTime() + 60_000);
    const request = anInstruction().consumerRequest!;
    const outcomes = await send([
      line('1', { subject: about('cust-1') }),
      line('2', { subject: { by: 'ID', id: strange } }),
      line('3', { writing: { instructorId: null, text: null, documentSha256: null } }),
      line('4', { subject: about('cust-1'), verification: null }),
      line('5', { consumerRequest: { ...request, receivedAt: far } }),
      line('6', { writing: { instructorId: newId(clock.now()), text: 'Erase.', documentSha256: null } }),
      line('7', { scopeElements: ['SELFIE', 'SELFIE'] }),
      line('8', { type: 'CORRECT' }),
      line('two words', { subject: about('cust-1') }),
      { refused: new DomainError('LINE_MALFORMED', 'The line is not JSON.') },
      line('9', { subject: { by: 'ID', id: erased } }),
    ]);
    const refusals = [
      'SUBJECT_NOT_FOUND',
      'INSTRUCTION_NOT_WRITTEN',
      'NOT_VERIFIED',
      'RECEIPT_IN_FUTURE',
      'INSTRUCTOR_NOT_AUTHORISED',
      'SCOPE_INVALID',
      'TYPE_NOT_ENABLED',
      'IDEMPOTENCY_KEY_MALFORMED',
      'LINE_MALFORMED',
    ];
    expect(said(outcomes)).toEqual(['ACCEPTED', ...refusals, 'ACCEPTED']);
    const found = await events();
    expect(found.filter(({ event }) => event === 'instruction.accepted')).toHaveLength(2);
    const told = found
      .filter(({ event }) => event === 'instruction.refused')
      .map((entry) => entry.reasonCode);
    expect(told.sort()).toEqual([...refusals].sort());
    expect((await rowsOf()).instructions).toBe(2);
  });

  it('R-07: answers a key that came before with the same instruction, another content with a conflict', async () => {
    await admit('cust-1');
    const first = await send([line('k', { subject: about('cust-1') }), line('l')]);
    const again = await send([
      line('k', { subject: about('cust-1') }),
      line('k', { subject: about('cust-2') }),
      line('l'),
      line('m'),
      line('m'),
      line('m', { subject: about('cust-3') }),
    ]);
    expect(said(again)).toEqual([
      'REPLAYED',
      'IDEMPOTENCY_CONFLICT',
      'REPLAYED',
      'ACCEPTED',
      'REPLAYED',
      'IDEMPOTENCY_CONFLICT',
    ]);
    expect([again[0], again[2]].map(idOf)).toEqual(first.map(idOf));
    expect(idOf(again[4])).toBe(idOf(again[3]));
    expect((await rowsOf()).instructions).toBe(3);
  });

  it('R-07: is a replay of what came alone with the same key, and the other way round', async () => {
    await admit('cust-1');
    const one = line('single', { subject: about('cust-1') }) as Extract<OrderLine, { order: unknown }>;
    const alone = await room.accept.run(bank, one.order, one.identity);
    const [replayed] = await send([one]);
    expect(idOf(replayed)).toBe(alone.view.instruction.id);
    const other = line('batched', { subject: about('cust-1') }) as Extract<OrderLine, { order: unknown }>;
    const [batched] = await send([other]);
    const replay = await room.accept.run(bank, other.order, other.identity);
    expect([replay.outcome, replay.view.instruction.id]).toEqual(['REPLAYED', idOf(batched)]);
  });

  it('R-07: takes effect once of four batches of the same lines that are sent at once', async () => {
    const lines = Array.from({ length: 40 }, (_, at) => line(`key-${at}`));
    const batches = await Promise.all([1, 2, 3, 4].map(() => send(lines)));
    const accepted = batches.flatMap(said);
    expect(accepted.filter((outcome) => outcome === 'ACCEPTED')).toHaveLength(40);
    expect(accepted.filter((outcome) => outcome === 'REPLAYED')).toHaveLength(120);
    expect((await events()).filter(({ event }) => event === 'instruction.refused')).toEqual([]);
    const whole = await send(lines);
    expect(new Set(whole.map(idOf)).size).toBe(40);
    expect((await rowsOf()).instructions).toBe(40);
  });

  it('R-69: answers a repeat for an erased subject with the instruction that erased it', async () => {
    const subjectId = await admit('cust-1');
    const [first] = await send([line('1', { subject: { by: 'ID', id: subjectId } })]);
    await tenancy.forTenant(bank.tenantId, async (tx) => {
      const moves = [{ event: 'erasure.started', to: 'ERASING' as const }];
      await moveInstruction(tx, {
        id: idOf(first),
        moves,
        instants: { sealedAt: clock.now() },
        at: clock.now(),
      });
      await tx.$executeRaw`delete from record`;
      await tx.$executeRaw`delete from subject`;
    });
    const repeat = line('2', { subject: { by: 'ID', id: subjectId } });
    const outcomes = [...(await send([repeat])), ...(await send([repeat]))];
    expect(said(outcomes)).toEqual(['ALREADY_ERASED', 'ALREADY_ERASED']);
    expect(outcomes.map(idOf)).toEqual([idOf(first), idOf(first)]);
  });

  it('R-41: refuses a line whose identities belong to two subjects', async () => {
    await admit('cust-1');
    await admit('cust-2');
    const both = (['cust-1', 'cust-2'] as const).map((value) => ({ type: 'EXTERNAL_ID' as const, value }));
    const outcomes = await send([
      line('1', { subject: { by: 'IDENTITIES', identities: both } }),
      line('2', { subject: about('cust-2') }),
    ]);
    expect(said(outcomes)).toEqual(['SUBJECT_AMBIGUOUS', 'ACCEPTED']);
  });

  it('keeps nothing at all of a batch whose transaction fails', async () => {
    await admit('cust-1');
    await owner.query(
      `create function refuse() returns trigger language plpgsql as $$ begin raise 'no'; end $$`,
    );
    await owner.query('create trigger refuse before insert on work for each row execute function refuse()');
    try {
      await expect(send([line('1', { subject: about('cust-1') }), line('2')])).rejects.toThrow();
    } finally {
      await owner.query('drop trigger refuse on work');
    }
    expect([await rowsOf(), await events()]).toEqual([{ instructions: 0, works: [] }, []]);
    expect(said(await send([line('1', { subject: about('cust-1') }), line('2')]))).toEqual([
      'ACCEPTED',
      'ACCEPTED',
    ]);
  });

  it('lets an urgent one wait among the urgent, wherever it came in, and says so in its entry', async () => {
    const outcomes = await send([line('1'), line('2', { urgent: true })]);
    await room.accept.run(bank, anInstruction({ urgent: true }), null);
    await room.accept.run(bank, anInstruction(), null);
    const { works } = await rowsOf();
    expect(works.map(({ lane }) => lane).sort()).toEqual(['BULK', 'INTERACTIVE', 'URGENT', 'URGENT']);
    const { instruction } = await room.find.byId(bank.tenantId, idOf(outcomes[1]));
    expect(instruction.urgent).toBe(true);
    const marked = (await events()).filter(({ detail }) => (detail as { urgent?: boolean }).urgent === true);
    expect(marked).toHaveLength(2);
  });

  it('is nothing when nothing was sent', async () => {
    expect(await send([])).toEqual([]);
    expect(await events()).toEqual([]);
  });
});
