import { newId } from '@personr/kernel';
import { aDelete, anAdmission, idOf } from './bodies.js';
import { type House, startHouse, type TestTenant } from './house.js';
import { tally } from './tally.js';

type Answer = { readonly status: number; readonly body: unknown; readonly headers: Record<string, string> };

const READ = { purpose: 'IDENTITY_VERIFICATION' };

describe('another tenant', () => {
  let house: House;
  let bank: TestTenant;
  let market: TestTenant;
  let subjectId: string;
  let erasedId: string;
  let instructionId: string;

  beforeAll(async () => {
    house = await startHouse();
    bank = await house.onboard('Bank');
    market = await house.onboard('Market');
    const admit = async (externalId: string): Promise<string> =>
      idOf(await bank.post('/v1/subjects', anAdmission(externalId)).expect(201));
    subjectId = await admit('cust-1');
    erasedId = await admit('cust-2');
    instructionId = idOf(await bank.post('/v1/instructions', aDelete({ id: erasedId })).expect(202));
    await house.ended(bank, instructionId);
  });

  afterAll(() => house.stop());

  /** All of an answer but what is new in each: request id, time, and what is left of the quota. */
  const gist = ({ status, body, headers }: Answer) => ({
    status,
    headers: { ...headers, 'x-request-id': 'new', date: 'new', ratelimit: 'new' },
    body: { ...(body as object), instance: 'new' },
  });

  const addition = { records: anAdmission('cust-1').records };
  const WAYS: readonly (readonly [string, (id: string) => PromiseLike<Answer>])[] = [
    ['see the inventory', (id) => market.get(`/v1/subjects/${id}`)],
    ['read the values', (id) => market.post(`/v1/subjects/${id}/records/read`, READ)],
    ['add values', (id) => market.post(`/v1/subjects/${id}/records`, addition)],
    ['instruct an erasure', (id) => market.post('/v1/instructions', aDelete({ id }))],
  ];

  it.each(WAYS)(
    'R-01: cannot %s of a subject by its id: it is answered as if there were none',
    async (_, ask) => {
      const unknown = gist(await ask(newId(house.clock.now())));
      expect(unknown).toMatchObject({ status: 404, body: { code: 'SUBJECT_NOT_FOUND' } });
      expect(gist(await ask(subjectId))).toEqual(unknown);
      expect(gist(await ask(erasedId))).toEqual(unknown);
    },
  );

  it('R-01: cannot see an instruction or take its receipt', async () => {
    for (const part of ['', '/receipt']) {
      const unknown = gist(await market.get(`/v1/instructions/${newId(house.clock.now())}${part}`));
      expect(unknown).toMatchObject({ status: 404, body: { code: 'INSTRUCTION_NOT_FOUND' } });
      expect(gist(await market.get(`/v1/instructions/${instructionId}${part}`))).toEqual(unknown);
    }
  });

  it('R-01: finds and lists nothing, and its erasure of the same person erases nothing', async () => {
    await market.post('/v1/subjects/lookup', { externalId: 'cust-1' }).expect(404);
    for (const list of ['/v1/subjects', '/v1/instructions']) {
      expect((await market.get(list).expect(200)).body).toEqual({ items: [], nextCursor: null });
    }
    const cursor = Buffer.from(newId(new Date('2030-01-01T00:00:00Z')), 'latin1').toString('base64url');
    const page = await market.get(`/v1/subjects?cursor=${cursor}`).expect(200);
    expect(page.body).toEqual({ items: [], nextCursor: null });
    const theirs = await market.post('/v1/instructions', aDelete({ externalId: 'cust-1' })).expect(202);
    expect(await house.ended(market, idOf(theirs))).toMatchObject({ state: 'CLOSED_NO_DATA' });
    await bank.get(`/v1/subjects/${subjectId}`).expect(200);
  });

  it('R-01: has a log of its own', async () => {
    const logs = await Promise.all(
      [bank, market].map((tenant) => tenant.get('/v1/evidence/checkpoint').expect(200)),
    );
    const [ours, theirs] = logs.map(({ text }) => text.split('\n')[0]);
    expect(ours).toMatch(/^personr\.example\/log\/[0-9a-f]{32}$/);
    expect(theirs).not.toBe(ours);
  });

  it('R-100: leaves its attempts in its own log, and none in the log of the tenant it meant', async () => {
    expect((await tally(house, bank)).events['instruction.refused']).toBeUndefined();
    expect((await tally(house, market)).events['instruction.refused']).toBeGreaterThanOrEqual(3);
  });
});
