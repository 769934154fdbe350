import { randomUUID } from 'node:crypto';
import { RegisterApiClient } from '@personr/access';
import { newId } from '@personr/kernel';
import { verifyReceipt } from '@personr/proof';
import { Tenancy } from '@personr/tenancy';
import { waitFor } from '@personr/testkit';
import pg from 'pg';
import { aDelete, anAdmission, idOf } from './bodies.js';
import { type House, startHouse, tenantOf, type TestTenant } from './house.js';

type Shown = {
  readonly id: string;
  readonly state: string;
  readonly allowedActs: readonly string[];
  readonly holds: readonly { readonly id: string }[];
  readonly hold: { readonly id: string; readonly gone: readonly string[]; readonly endedAt: string | null };
};
type Problem = { readonly code: string; readonly detail: string };

const READ = { purpose: 'IDENTITY_VERIFICATION' };
const MINUTE = 60_000;

describe('holds, over HTTP', () => {
  let house: House;
  let bank: TestTenant;
  let count = 0;
  let subjectId: string;

  beforeAll(async () => {
    house = await startHouse();
  });

  beforeEach(async () => {
    count += 1;
    house.clock.advance(1000);
    bank = await house.onboard('Bank');
    subjectId = idOf(await bank.post('/v1/subjects', anAdmission(`cust-${count}`)).expect(201));
  });

  afterAll(() => house.stop());

  const later = (milliseconds: number): string =>
    new Date(house.clock.now().getTime() + milliseconds).toISOString();
  const aHold = (changes: object = {}) => ({
    ground: 'EX_LEGAL',
    citation: '31 CFR 1020.220(a)(3)',
    elements: ['FULL_NAME', 'DOCUMENT_NUMBER'],
    endsAt: later(5 * MINUTE),
    ...changes,
  });
  const everything = () => aHold({ ground: 'EX_COURT', elements: undefined });
  const order = async (changes: object = {}): Promise<string> =>
    idOf(await bank.post('/v1/instructions', aDelete({ id: subjectId }, changes)).expect(202));
  const act = (id: string, name: string, body: object, headers: Record<string, string> = {}) =>
    bank.post(`/v1/instructions/${id}/${name}`, body, headers);
  const view = async (id: string): Promise<Shown> =>
    (await bank.get(`/v1/instructions/${id}`).expect(200)).body as Shown;
  const until = (id: string, state: string): Promise<Shown> =>
    waitFor(
      async () => {
        house.clock.advance(10);
        const shown = await view(id);
        return shown.state === state ? shown : undefined;
      },
      { what: `the instruction to be ${state}`, timeoutMs: 60_000 },
    );
  const elements = async (purpose: string): Promise<string[]> => {
    const answer = await bank.post(`/v1/subjects/${subjectId}/records/read`, { purpose }).expect(200);
    const { records } = answer.body as { records: { element: string }[] };
    return records.map(({ element }) => element).sort();
  };
  const receipt = async (id: string) =>
    verifyReceipt((await bank.get(`/v1/instructions/${id}/receipt`).expect(200)).text, [bank.vkey]);

  /** Runs `work` while no process can write down in the key store what it is about to destroy. */
  const whileNothingIsIntended = async (work: () => Promise<void>): Promise<void> => {
    const keys = new pg.Client({ connectionString: house.databases.keystoreOwnerUrl });
    await keys.connect();
    try {
      await keys.query('begin');
      await keys.query('lock table erasure_ledger in share row exclusive mode');
      await work();
    } finally {
      await keys.end();
    }
  };

  it('R-81: before execution, of everything, stops it until it is released; then it goes on by itself', async () => {
    await bank.post('/v1/holds', { subjectId, ...everything() }).expect(201);
    const id = await order();
    const held = await until(id, 'ON_HOLD');
    expect(held.allowedActs).toEqual(['hold', 'release-hold']);
    // The worker works: another's erasure, instructed later, ends.
    const other = idOf(await bank.post('/v1/subjects', anAdmission(`other-${count}`)).expect(201));
    const ended = await house.ended(bank, idOf(await bank.post('/v1/instructions', aDelete({ id: other }))));
    expect(ended.state).toBe('COMPLETED');
    expect(await view(id)).toMatchObject({ state: 'ON_HOLD', sealedAt: null });
    expect(await elements('EX_COURT')).toHaveLength(6);
    const released = await act(id, 'release-hold', {
      holdId: held.holds[0]!.id,
      reason: 'RELEASED_BY_COURT',
    }).expect(200);
    expect((released.body as Shown).hold.endedAt).not.toBeNull();
    expect(await until(id, 'COMPLETED')).toMatchObject({ allowedActs: [], holds: [] });
    await bank.get(`/v1/subjects/${subjectId}`).expect(404);
  });

  it('R-77, R-78, R-81: while it is executed, before keys are destroyed, keeps its part; the rest goes', async () => {
    let id = '';
    await whileNothingIsIntended(async () => {
      id = await order();
      await until(id, 'ERASING');
      const answer = await act(id, 'hold', aHold()).expect(200);
      expect(answer.body).toMatchObject({ state: 'ERASING', hold: { instructionId: id, gone: [] } });
    });
    expect(await until(id, 'COMPLETED_WITH_EXCEPTIONS')).toMatchObject({ final: true });
    expect(await elements('EX_LEGAL')).toEqual(['DOCUMENT_NUMBER', 'FULL_NAME']);
    const refused = await bank.post(`/v1/subjects/${subjectId}/records/read`, READ).expect(403);
    expect(refused.body).toMatchObject({ code: 'RESTRICTED_BY_HOLD' });
    const items = async (path: string): Promise<{ id: string }[]> =>
      ((await bank.get(path).expect(200)).body as { items: { id: string }[] }).items;
    expect((await items('/v1/subjects')).map((one) => one.id)).not.toContain(subjectId);
    const documents = `/v1/subjects/${subjectId}/documents`;
    expect(await items(documents)).toEqual([]);
    expect(await items(`${documents}?ground=EX_LEGAL`)).toEqual([]);
    expect((await bank.get(`${documents}?ground=EX_COURT`).expect(403)).body).toMatchObject({
      code: 'PURPOSE_NOT_PERMITTED',
    });
    await bank.get(`${documents}?ground=MARKETING`).expect(400);
  });

  it('R-81: after keys are destroyed, keeps what is not in scope and says what is gone; of that alone it is refused', async () => {
    const id = await order({ scope: { elements: ['FACE_TEMPLATE', 'ACCESS_HISTORY'] } });
    await house.ended(bank, id);
    const late = await act(id, 'hold', aHold({ elements: ['FULL_NAME', 'FACE_TEMPLATE'] })).expect(200);
    expect((late.body as Shown).hold).toMatchObject({ gone: ['FACE_TEMPLATE'] });
    const shown = await bank.get(`/v1/holds/${(late.body as Shown).hold.id}`).expect(200);
    expect(shown.body).toMatchObject({ gone: ['FACE_TEMPLATE'], elements: ['FULL_NAME', 'FACE_TEMPLATE'] });
    const refused = await act(id, 'hold', aHold({ elements: ['FACE_TEMPLATE'] })).expect(409);
    expect(refused.body).toMatchObject({ code: 'ALREADY_ERASED' });
    expect((refused.body as Problem).detail).toContain('FACE_TEMPLATE');
    const whole = await order();
    expect((await until(whole, 'COMPLETED_WITH_EXCEPTIONS')).allowedActs).toEqual(['hold', 'release-hold']);
    expect(await elements('EX_LEGAL')).toEqual(['FULL_NAME']);
  });

  it('R-81: of somebody who is erased is refused, by the instruction and by the subject', async () => {
    const id = await order();
    await house.ended(bank, id);
    expect((await view(id)).allowedActs).toEqual([]);
    for (const refused of [
      await act(id, 'hold', everything()).expect(409),
      await bank.post('/v1/holds', { subjectId, ...aHold() }).expect(409),
    ])
      expect(refused.body).toMatchObject({ code: 'ALREADY_ERASED' });
  });

  it('R-79: when it ends what it kept is erased by itself, and the receipt has a further edition', async () => {
    const endsAt = later(3 * MINUTE);
    await bank.post('/v1/holds', { subjectId, ...aHold({ endsAt }) }).expect(201);
    const id = await order();
    await until(id, 'COMPLETED_WITH_EXCEPTIONS');
    const first = await receipt(id);
    expect(first).toMatchObject({
      outcome: 'COMPLETED_WITH_EXCEPTIONS',
      body: { exceptions: [{ ground: 'EX_LEGAL', elements: 'FULL_NAME DOCUMENT_NUMBER', endsAt }] },
    });
    house.clock.set(new Date(endsAt));
    const ended = await until(id, 'COMPLETED');
    expect(ended).toMatchObject({ allowedActs: [], holds: [] });
    const history = (ended as unknown as { history: { to: string }[] }).history.map(({ to }) => to);
    expect(history.slice(history.indexOf('COMPLETED_WITH_EXCEPTIONS') + 1)[0]).toBe('ERASING');
    const second = await receipt(id);
    expect(second).toMatchObject({ outcome: 'COMPLETED', body: { exceptions: [] } });
    await bank.get(`/v1/subjects/${subjectId}`).expect(404);
    const { rows } = await house.owner.query('select edition from receipt where instruction_id = $1', [id]);
    expect(rows).toHaveLength(2);
  });

  it('R-76: rests on a listed ground, with a scope and a term, or is refused and changes nothing', async () => {
    const id = await order({ scope: { elements: ['FULL_NAME'] } });
    const refused = [
      [{ ground: 'EX_ANYTHING' }, 'EXCEPTION_GROUND_UNKNOWN'],
      [{ elements: undefined }, 'EXCEPTION_SCOPE_TOO_WIDE'],
      [{ ground: 'EX_INQUIRY', elements: undefined }, 'EXCEPTION_SCOPE_TOO_WIDE'],
      [{ endsAt: undefined }, 'HOLD_TERM_INVALID'],
      [{ endsAt: later(0) }, 'HOLD_TERM_INVALID'],
      [{ elements: ['SHOE_SIZE'] }, 'ELEMENT_UNKNOWN'],
    ] as const;
    for (const [changes, code] of refused) {
      const answers = [
        await act(id, 'hold', aHold(changes)).expect(422),
        await bank.post('/v1/holds', { subjectId, ...aHold(changes) }).expect(422),
      ];
      for (const { body } of answers) expect(body).toMatchObject({ code });
    }
    expect((await bank.get('/v1/holds').expect(200)).body).toEqual({ items: [], nextCursor: null });
    for (const ground of ['EX_COURT', 'EX_LE_DIRECTION', 'EX_CLAIMS'])
      await bank.post('/v1/holds', { subjectId, ...aHold({ ground, elements: undefined }) }).expect(201);
  });

  it('takes effect once a key, and says the same again', async () => {
    const key = { 'Idempotency-Key': randomUUID() };
    const placed = await bank.post('/v1/holds', { subjectId, ...everything() }, key).expect(201);
    const again = await bank.post('/v1/holds', { subjectId, ...everything() }, key).expect(201);
    expect(again.body).toEqual(placed.body);
    expect(again.headers['idempotency-replayed']).toBe('true');
    await bank.post('/v1/holds', { subjectId, ...aHold() }, key).expect(409);
    const id = await order();
    const acting = { 'Idempotency-Key': randomUUID() };
    const held = await act(id, 'hold', aHold(), acting).expect(200);
    const heldAgain = await act(id, 'hold', aHold(), acting).expect(200);
    expect((heldAgain.body as Shown).hold).toEqual((held.body as Shown).hold);
    expect(heldAgain.headers['idempotency-replayed']).toBe('true');
    const release = () =>
      bank.post(`/v1/holds/${idOf(placed)}/release`, { reason: 'PLACED_IN_ERROR' }).expect(200);
    expect((await release()).body).toEqual((await release()).body);
    const other = await bank.post(`/v1/holds/${idOf(placed)}/release`, { reason: 'GROUND_ENDED' });
    expect([other.status, (other.body as Problem).code]).toEqual([409, 'HOLD_ENDED']);
  });

  it('lists newest first, page by page, and those on one subject alone', async () => {
    const other = idOf(await bank.post('/v1/subjects', anAdmission(`other-${count}`)).expect(201));
    const ids: string[] = [];
    for (const on of [subjectId, other, subjectId]) {
      house.clock.advance(1);
      ids.unshift(idOf(await bank.post('/v1/holds', { subjectId: on, ...aHold() }).expect(201)));
    }
    const list = async (query: string) =>
      (await bank.get(`/v1/holds?${query}`).expect(200)).body as {
        items: { id: string }[];
        nextCursor: string;
      };
    const first = await list('limit=2');
    const rest = await list(`limit=2&cursor=${first.nextCursor}`);
    expect([...first.items, ...rest.items].map(({ id }) => id)).toEqual(ids);
    expect((await list(`subjectId=${other}`)).items.map(({ id }) => id)).toEqual([ids[1]]);
  });

  it('R-01: another tenant finds neither instruction nor hold nor subject', async () => {
    const id = await order({ scope: { elements: ['FULL_NAME'] } });
    const hold = idOf(await bank.post('/v1/holds', { subjectId, ...everything() }).expect(201));
    const market = await house.onboard('Market');
    const nobody = newId(house.clock.now());
    const release = { reason: 'GROUND_ENDED' };
    const asks: [string, (which: string) => PromiseLike<{ status: number; body: unknown }>, string][] = [
      [id, (which) => market.post(`/v1/instructions/${which}/hold`, aHold()), 'INSTRUCTION_NOT_FOUND'],
      [
        id,
        (which) => market.post(`/v1/instructions/${which}/release-hold`, { holdId: hold, ...release }),
        'INSTRUCTION_NOT_FOUND',
      ],
      [subjectId, (which) => market.post('/v1/holds', { subjectId: which, ...aHold() }), 'SUBJECT_NOT_FOUND'],
      [hold, (which) => market.get(`/v1/holds/${which}`), 'HOLD_NOT_FOUND'],
      [hold, (which) => market.post(`/v1/holds/${which}/release`, release), 'HOLD_NOT_FOUND'],
    ];
    const gist = ({ status, body }: { status: number; body: unknown }) => ({
      status,
      body: { ...(body as object), instance: 'new' },
    });
    for (const [theirs, ask, code] of asks) {
      const unknown = gist(await ask(nobody));
      expect(unknown).toMatchObject({ status: 404, body: { code } });
      expect(gist(await ask(theirs))).toEqual(unknown);
    }
    // Nor is a hold on one subject released by an instruction about another.
    const other = idOf(await bank.post('/v1/subjects', anAdmission(`other-${count}`)).expect(201));
    const another = idOf(await bank.post('/v1/instructions', aDelete({ id: other })).expect(202));
    const crossed = await act(another, 'release-hold', { holdId: hold, ...release }).expect(404);
    expect(crossed.body).toMatchObject({ code: 'HOLD_NOT_FOUND' });
    expect((await bank.get(`/v1/holds/${hold}`).expect(200)).body).toMatchObject({ endedAt: null });
  });

  it('is for those who may: the acts need instructions:approve, the rest needs admin, and allowedActs says so', async () => {
    const id = await order();
    const credential = await house.api.get(Tenancy).forTenant(bank.tenantId, (tx) =>
      house.api.get(RegisterApiClient).run(tx, {
        name: 'clerk',
        scopes: ['instructions:read', 'instructions:write', 'subjects:read'],
      }),
    );
    const clerk = await tenantOf(house.http, { ...bank, ...credential });
    const refused = [
      await clerk.post(`/v1/instructions/${id}/hold`, aHold()),
      await clerk.post(`/v1/instructions/${id}/release-hold`, { holdId: id, reason: 'GROUND_ENDED' }),
      await clerk.post('/v1/holds', { subjectId, ...aHold() }),
      await clerk.get('/v1/holds'),
    ];
    for (const { status, body } of refused)
      expect([status, (body as Problem).code]).toEqual([403, 'SCOPE_MISSING']);
    await house.ended(bank, id);
    const other = idOf(await bank.post('/v1/subjects', anAdmission(`other-${count}`)).expect(201));
    const hold = { subjectId: other, ...everything() };
    await bank.post('/v1/holds', hold).expect(201);
    const waiting = idOf(await bank.post('/v1/instructions', aDelete({ id: other })).expect(202));
    expect((await view(waiting)).allowedActs).toEqual(['hold', 'release-hold']);
    const seen = (await clerk.get(`/v1/instructions/${waiting}`).expect(200)).body as Shown;
    expect([seen.allowedActs, seen.holds]).toEqual([[], []]);
  });
});
