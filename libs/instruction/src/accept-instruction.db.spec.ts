import { createHash } from 'node:crypto';
import { type RequestIdentity } from '@personr/idempotency';
import { canonicalJson, type InstructionId, type KeyId, newId } from '@personr/kernel';
import { SettableClock } from '@personr/kernel/testing';
import { aNewSubject, type TestClient, TestHouse } from '@personr/subjects/testing';
import { type Tenancy } from '@personr/tenancy';
import { type TestVault } from '@personr/vault/testing';
import type pg from 'pg';
import { type NewInstruction, type Writing } from './instruction.js';
import { moveInstruction } from './move-instruction.js';
import { anInstruction, instructionsOver } from './testing.js';

const ROWS = [
  'instruction',
  'instruction_transition',
  'instruction_deadline',
  'work',
  'idempotency',
] as const;

const LATER = new Date('2027-01-01');

describe('accepting an instruction', () => {
  let house: TestHouse;
  let tenancy: Tenancy;
  let opened: TestVault;
  let owner: pg.Client;
  let room: ReturnType<typeof instructionsOver>;
  let bank: TestClient;
  let market: TestClient;
  const clock = new SettableClock('2026-11-24T18:00:00.000Z');

  const admit = async (externalId = 'cust-1', caller = bank) =>
    (await room.subjects.admit.run(caller, aNewSubject(externalId), null)).id;
  const send = (
    changes: Partial<NewInstruction> = {},
    request: RequestIdentity | null = null,
    caller = bank,
  ) => room.accept.run(caller, anInstruction(changes), request);
  const sent = async (changes: Partial<NewInstruction> = {}): Promise<InstructionId> =>
    (await send(changes)).view.instruction.id;
  const identified = (key: string, changes: object = {}): RequestIdentity => ({
    key,
    act: 'POST /v1/instructions',
    body: { ...changes },
  });
  const counts = async (): Promise<number[]> => {
    const found: number[] = [];
    for (const table of ROWS) {
      const statement = `select count(*)::int as n from ${table} where tenant_id = $1`;
      const { rows } = await owner.query<{ n: number }>(statement, [bank.tenantId]);
      found.push(rows[0]!.n);
    }
    return found;
  };
  const entries = (prefix = 'instruction.') => house.entries(bank.tenantId, prefix);

  beforeAll(async () => {
    house = await TestHouse.open(clock);
    ({ tenancy, opened, owner } = house);
    room = instructionsOver(house.foundations);
    market = await house.business();
  });

  beforeEach(async () => {
    clock.advance(1000);
    bank = await house.business();
  });

  afterAll(() => house.close());

  it('writes the instruction, its history, its clocks, its entry and its work together', async () => {
    const subjectId = await admit();
    const accepted = await send();
    const { id } = accepted.view.instruction;
    const view = await room.find.byId(bank.tenantId, id);
    expect(accepted.outcome).toBe('ACCEPTED');
    expect(view.instruction).toMatchObject({
      subjectId,
      state: 'APPROVED',
      flags: [],
      acceptedAt: clock.now(),
    });
    expect(view.history.map(({ to }) => to)).toEqual([
      'RECEIVED',
      'ACKNOWLEDGED',
      'VERIFIED',
      'SCOPED',
      'UNDER_REVIEW',
      'APPROVED',
    ]);
    expect(view.deadlines.length).toBeGreaterThan(0);
    const work = await tenancy.forTenant(bank.tenantId, (tx) => tx.work.findMany());
    expect(work).toMatchObject([
      { kind: 'EXECUTE_INSTRUCTION', referenceId: id, dueAt: clock.now(), doneAt: null },
    ]);
    expect(await entries()).toEqual([
      expect.objectContaining({
        event: 'instruction.accepted',
        instructionId: id,
        actor: bank.actor,
        subjectRef: view.instruction.subjectRef,
        commitment: view.instruction.writingCommitment,
      }),
    ]);
  });

  it('is answered with what was written, without reading it back', async () => {
    await admit();
    const { view } = await send();
    const read = await room.find.byId(bank.tenantId, view.instruction.id);
    expect(view).toMatchObject({
      ...read,
      deadlines: expect.arrayContaining([...read.deadlines]) as unknown,
    });
  });

  it.each(['instruction_transition', 'instruction_deadline', 'audit_outbox', 'work', 'idempotency'])(
    'writes nothing at all when its row in %s is refused',
    async (table) => {
      await admit();
      const [before, entered] = [await counts(), (await entries()).length];
      await owner.query(`alter table ${table} add constraint closed check (false) not valid`);
      try {
        await expect(send({}, identified('key-1'))).rejects.toThrow(/closed/);
      } finally {
        await owner.query(`alter table ${table} drop constraint closed`);
      }
      expect(await counts()).toEqual(before);
      expect(await entries()).toHaveLength(entered);
      expect((await send({}, identified('key-1'))).outcome).toBe('ACCEPTED');
    },
  );

  describe('refused', () => {
    const { verification, writing, consumerRequest } = anInstruction();
    const points = ['EMAIL'] as const;

    it.each<[string, string, Partial<NewInstruction>]>([
      ['R-04', 'INSTRUCTION_NOT_WRITTEN', { writing: { ...writing, text: null } }],
      ['R-05', 'INSTRUCTOR_NOT_AUTHORISED', { writing: { ...writing, instructorId: 'x' } }],
      ['R-18', 'RECEIPT_IN_FUTURE', { consumerRequest: { ...consumerRequest!, receivedAt: LATER } }],
      ['R-29', 'NOT_VERIFIED', { verification: null }],
      [
        'R-30',
        'VERIFICATION_LEVEL_TOO_LOW',
        { verification: { ...verification!, method: 'DATA_POINT_MATCH', points } },
      ],
      ['R-67', 'SCOPE_INVALID', { scopeElements: ['FULL_NAME', 'FULL_NAME'] }],
      ['R-01', 'SUBJECT_NOT_FOUND', { subject: { by: 'ID', id: newId(new Date()) } }],
      ['a type', 'TYPE_NOT_ENABLED', { type: 'CORRECT' }],
      ['a basis', 'TYPE_NOT_ENABLED', { basis: 'DROP' }],
    ])('%s: with %s, it leaves one entry that says so and nothing else (R-100)', async (_, code, changes) => {
      await admit();
      await expect(send(changes, identified('key-1'))).rejects.toMatchObject({ code });
      expect(await counts()).toEqual(ROWS.map(() => 0));
      const { type, basis } = anInstruction(changes);
      expect(await entries()).toEqual([
        expect.objectContaining({
          event: 'instruction.refused',
          reasonCode: code,
          detail: { type, basis },
          actor: bank.actor,
        }),
      ]);
    });

    it('R-41: for a doubtful match, it leaves one entry and nothing else', async () => {
      const identities = [{ type: 'EMAIL' as const, value: 'twins@people.example' }];
      for (const twin of ['cust-1', 'cust-2']) {
        await room.subjects.admit.run(bank, aNewSubject(twin, { identities }), null);
      }
      const subject = { by: 'IDENTITIES', identities } as const;
      await expect(send({ subject })).rejects.toMatchObject({ code: 'SUBJECT_AMBIGUOUS' });
      expect(await counts()).toEqual(ROWS.map(() => 0));
      expect(await entries()).toMatchObject([
        { event: 'instruction.refused', reasonCode: 'SUBJECT_AMBIGUOUS' },
      ]);
    });

    it("R-01: for another tenant's subject, it is refused as for one that does not exist", async () => {
      const foreign = await admit('cust-1', market);
      const refusals = await Promise.allSettled(
        [foreign, newId<'subject'>(clock.now())].map((id) => send({ subject: { by: 'ID', id } })),
      );
      const said = refusals.map((refusal) => {
        const { code, message } = (refusal as PromiseRejectedResult).reason as {
          code: string;
          message: string;
        };
        return { code, message };
      });
      expect(said[0]).toMatchObject({ code: 'SUBJECT_NOT_FOUND' });
      expect(said[1]).toEqual(said[0]);
    });
  });

  it('R-07: with the key of an earlier one is that one, and with other content refused', async () => {
    await admit();
    const first = await send({}, identified('key-1'));
    const written = await counts();
    const again = await send({}, identified('key-1'));
    clock.advance(1);
    expect(again).toMatchObject({
      outcome: 'REPLAYED',
      view: { instruction: { id: first.view.instruction.id } },
    });
    await expect(send({}, identified('key-1', { other: true }))).rejects.toMatchObject({
      code: 'IDEMPOTENCY_CONFLICT',
    });
    expect(await counts()).toEqual(written);
    expect((await entries()).map(({ event }) => event)).toEqual([
      'instruction.accepted',
      'instruction.refused',
    ]);
  });

  it('R-07: with one key, of six sent at once, one takes effect', async () => {
    await admit();
    const request = identified('key-1');
    const outcomes = await Promise.allSettled(Array.from({ length: 6 }, () => send({}, request)));
    const ids = outcomes.flatMap((outcome) =>
      outcome.status === 'fulfilled' ? [outcome.value.view.instruction.id] : [],
    );
    expect(new Set(ids).size).toBe(1);
    const [instructions, , , work, kept] = await counts();
    expect([instructions, work, kept]).toEqual([1, 1, 1]);
  });

  it('sent at once with others keeps its own answer, request and refusal, though they are written together', async () => {
    await admit();
    const sent = ['r-1', 'r-2', 'r-3', 'r-4', 'r-5'].map(async (requestId, at) => {
      const text = at === 3 ? null : `Order of ${requestId}.`;
      const order = anInstruction({ writing: { instructorId: null, text, documentSha256: null } });
      return (await room.accept.run({ ...bank, requestId }, order, null)).view.instruction;
    });
    const ends = await Promise.allSettled(sent);
    expect(ends[3]).toMatchObject({ status: 'rejected', reason: { code: 'INSTRUCTION_NOT_WRITTEN' } });
    const found = (await entries()).map(({ event, requestId, commitment }) => [event, requestId, commitment]);
    const told = ends.map((end, at) =>
      end.status === 'fulfilled'
        ? ['instruction.accepted', `r-${at + 1}`, end.value.writingCommitment]
        : ['instruction.refused', `r-${at + 1}`, undefined],
    );
    expect(found.sort()).toEqual(told.sort());
  });

  it('for somebody we do not hold is accepted, scoped to nobody, and keeps none of the identities sent', async () => {
    const subject = {
      by: 'IDENTITIES',
      identities: [{ type: 'EMAIL', value: 'nobody@people.example' }],
    } as const;
    const { view } = await send({ subject });
    expect(view.instruction).toMatchObject({ state: 'NO_DATA', subjectId: null, subjectRef: null });
    const { rows } = await owner.query<{ row: string }>('select t::text as row from instruction t');
    expect(rows.map(({ row }) => row).join()).not.toContain('nobody@');
    expect(JSON.stringify(await entries(''))).not.toContain('nobody@');
  });

  it('R-18: of a request older than 45 days is accepted and marked overdue', async () => {
    await admit();
    const consumerRequest = {
      receivedAt: new Date('2026-09-01T18:00:00Z'),
      manner: 'MAIL',
      nature: 'DELETE',
    } as const;
    expect((await send({ consumerRequest })).view.instruction.flags).toEqual(['OVERDUE']);
  });

  it('R-29: on the ground of the Agreement needs no verification of a consumer', async () => {
    await admit();
    const { view } = await send({ basis: 'AGREEMENT_END', consumerRequest: null, verification: null });
    expect(view.history.map(({ to }) => to)).not.toContain('VERIFIED');
    expect(view.instruction.state).toBe('APPROVED');
  });

  describe('the written order', () => {
    const keptOf = async (id: InstructionId) =>
      tenancy.forTenant(bank.tenantId, (tx) =>
        tx.instruction.findUniqueOrThrow({ where: { tenantId_id: { tenantId: bank.tenantId, id } } }),
      );

    it('R-04: rests sealed, and its commitment is recomputed from what opens', async () => {
      await admit();
      const writing: Writing = {
        instructorId: bank.clientId,
        text: 'Erase Marker-91c2.',
        documentSha256: 'a'.repeat(64),
      };
      const id = await sent({ writing });
      const row = await keptOf(id);
      expect(Buffer.from(row.sealedWriting).toString('latin1')).not.toContain('Marker');
      const [plaintext] = await opened.vault.open(bank.tenantId, [
        { keyId: row.writingKeyId as KeyId, binding: ['writing', id], sealed: row.sealedWriting },
      ]);
      const kept = JSON.parse(new TextDecoder().decode(plaintext)) as { salt: string; writing: Writing };
      expect(kept.writing).toEqual(writing);
      const salt = Buffer.from(kept.salt, 'base64');
      expect(salt).toHaveLength(32);
      const commitment = createHash('sha256')
        .update(
          Buffer.concat([
            Buffer.from('personr.writing/v1\n'),
            salt,
            Buffer.from(canonicalJson(kept.writing)),
          ]),
        )
        .digest('base64');
      expect(row.writingCommitment).toBe(commitment);
      expect(await entries('instruction.accepted')).toMatchObject([{ commitment }]);
    });

    it('is hidden in the log: the same order twice has two commitments', async () => {
      await admit();
      const [one, two] = [await keptOf(await sent()), await keptOf(await sent())];
      expect(one.writingCommitment).not.toBe(two.writingCommitment);
    });

    it("does not open as another instruction's, and not with the subject's keys", async () => {
      const subjectId = await admit();
      const [one, two] = [await keptOf(await sent()), await keptOf(await sent())];
      const open = (binding: readonly string[]) =>
        opened.vault.open(bank.tenantId, [
          { keyId: one.writingKeyId as KeyId, binding, sealed: one.sealedWriting },
        ]);
      await expect(open(['writing', two.id])).rejects.toMatchObject({ code: 'SEAL_BROKEN' });
      expect(await opened.vault.keysOf(bank.tenantId, subjectId)).not.toContain(one.writingKeyId);
    });
  });

  describe('moving it', () => {
    const move = (id: InstructionId, to: 'ERASING' | 'CANCELLED', caller = bank) =>
      tenancy.forTenant(caller.tenantId, (tx) =>
        moveInstruction(tx, { id, moves: [{ event: 'test', to }], at: clock.now() }),
      );

    it('keeps state and history in step, and meets its clocks when it ends', async () => {
      await admit();
      const id = await sent();
      clock.advance(60_000);
      await move(id, 'CANCELLED');
      const { instruction, history, deadlines } = await room.find.byId(bank.tenantId, id);
      expect(instruction).toMatchObject({ state: 'CANCELLED', finishedAt: clock.now() });
      expect(history.at(-1)).toEqual({ from: 'APPROVED', to: 'CANCELLED', event: 'test', at: clock.now() });
      expect(deadlines.map(({ metAt }) => metAt)).toEqual(deadlines.map(() => clock.now()));
    });

    it('is refused where the table has no such move, also to the second of two who move it at once', async () => {
      await admit();
      const id = await sent();
      const outcomes = await Promise.allSettled([move(id, 'ERASING'), move(id, 'CANCELLED')]);
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      await expect(move(id, 'CANCELLED')).rejects.toMatchObject({ code: 'ILLEGAL_TRANSITION' });
      expect((await room.find.byId(bank.tenantId, id)).history).toHaveLength(7);
    });

    it('R-01: is refused to another tenant, who cannot see it either', async () => {
      await admit();
      const id = await sent();
      await expect(move(id, 'CANCELLED', market)).rejects.toMatchObject({ code: 'INSTRUCTION_NOT_FOUND' });
      await expect(room.find.byId(market.tenantId, id)).rejects.toMatchObject({
        code: 'INSTRUCTION_NOT_FOUND',
      });
      expect(await room.find.page(market.tenantId, { limit: 50, after: null })).toEqual([]);
      await expect(room.receipts.run(market.tenantId, id)).rejects.toMatchObject({
        code: 'INSTRUCTION_NOT_FOUND',
      });
    });
  });

  it('has no receipt before it has ended', async () => {
    await admit();
    const id = await sent();
    await expect(room.receipts.run(bank.tenantId, id)).rejects.toMatchObject({ code: 'NOT_FINISHED' });
    expect(await room.receipts.isReady(bank.tenantId, id)).toBe(false);
  });

  it('is listed once, newest first, page by page, by state and type', async () => {
    await admit();
    const ids: InstructionId[] = [];
    for (let at = 0; at < 5; at += 1) {
      clock.advance(1);
      ids.unshift(await sent());
    }
    const page = (query: object) => room.find.page(bank.tenantId, { limit: 3, after: null, ...query });
    const first = await page({});
    const rest = await page({ after: first.at(-1)!.id });
    expect([...first, ...rest].map(({ id }) => id)).toEqual(ids);
    expect(await page({ state: 'COMPLETED' })).toEqual([]);
    expect(await page({ state: 'APPROVED', type: 'DELETE', limit: 50 })).toHaveLength(5);
    expect(await page({ type: 'EXPORT' })).toEqual([]);
  });
});
