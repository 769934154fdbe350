import { SettableClock } from '@personr/kernel/testing';
import { aDelete, anAdmission, idOf } from './bodies.js';
import { type House, startHouse, type TestTenant } from './house.js';

type Metrics = {
  readonly year: number;
  readonly zone: string;
  readonly from: string;
  readonly types: object[];
};

describe("the metrics of a year's requests", () => {
  let house: House;
  let bank: TestTenant;
  let market: TestTenant;

  beforeAll(async () => {
    house = await startHouse({ clock: new SettableClock('2027-01-05T18:00:00.000Z') });
    bank = await house.onboard('Bank');
    market = await house.onboard('Market');
    await bank.post('/v1/subjects', anAdmission('cust-1')).expect(201);
    await bank.post('/v1/subjects', anAdmission('cust-2')).expect(201);
    const held = idOf(await bank.post('/v1/subjects', anAdmission('cust-3')).expect(201));
    const hold = { ground: 'EX_LEGAL', citation: '31 CFR 1020.220(a)(3)', endsAt: '2031-11-24T08:00:00Z' };
    await bank.post('/v1/holds', { ...hold, subjectId: held, elements: ['FULL_NAME'] }).expect(201);
    // 23:30 in Los Angeles, on the last day of 2026; the last millisecond of that day; and the first instant of 2027.
    await order('cust-1', '2027-01-01T07:30:00Z');
    await order('cust-3', '2027-01-01T07:59:59.999Z');
    await order('nobody', '2026-12-26T12:00:00Z');
    await order('cust-2', '2027-01-01T08:00:00Z');
    const ends = aDelete(
      { externalId: 'nobody' },
      { basis: 'END_OF_PURPOSE', consumerRequest: undefined, verification: undefined },
    );
    await house.ended(bank, idOf(await bank.post('/v1/instructions', ends).expect(202)));
    await bank
      .post('/v1/instructions', aDelete({ externalId: 'nobody' }, { verification: undefined }))
      .expect(409);
  });

  afterAll(() => house.stop());

  const order = async (externalId: string, receivedAt: string) => {
    const consumerRequest = { receivedAt, manner: 'EMAIL', nature: 'DELETE' };
    const verification = { ...aDelete({}).verification, verifiedAt: '2027-01-02T00:00:00Z' };
    const body = aDelete({ externalId }, { consumerRequest, verification });
    await house.ended(bank, idOf(await bank.post('/v1/instructions', body).expect(202)));
  };
  const read = async (tenant: TestTenant, year: number): Promise<Metrics> =>
    (await tenant.get(`/v1/metrics?year=${year}`).expect(200)).body as Metrics;

  it('R-103: a request counts in the year of its local date of receipt: 23:30 PST on 31 December is 2026', async () => {
    expect(await read(bank, 2026)).toEqual({
      year: 2026,
      zone: 'America/Los_Angeles',
      from: '2026-01-01T08:00:00.000Z',
      to: '2027-01-01T08:00:00.000Z',
      types: [
        {
          type: 'DELETE',
          received: 3,
          compliedWhole: 1,
          compliedPart: 1,
          denied: 0,
          nothingHeld: 1,
          cancelled: 0,
          open: 0,
          medianDays: 5,
          meanDays: (5 + 5 + 10) / 3,
        },
      ],
    });
    expect((await read(bank, 2027)).types).toMatchObject([
      { received: 1, compliedWhole: 1, medianDays: 4, meanDays: 4 },
    ]);
    expect((await read(bank, 2025)).types).toEqual([]);
  });

  it('R-01, R-98: are of the own tenant, for who may read evidence', async () => {
    expect((await read(market, 2026)).types).toEqual([]);
    await house.http.get('/v1/metrics?year=2026').expect(401);
    for (const query of ['', '?year=26', '?year=2026.5', '?year=twenty', '?year=2026&zone=UTC']) {
      await bank.get(`/v1/metrics${query}`).expect(400);
    }
  });

  it('are found by the index of receipt, however many instructions there are', async () => {
    const client = await house.owner.connect();
    try {
      await client.query('set enable_seqscan = off');
      const { rows } = await client.query<{ 'QUERY PLAN': string }>(
        `explain select from instruction where tenant_id = $1 and consumer_request is not null
            and (consumer_request ->> 'receivedAt') collate "C" >= $2 and (consumer_request ->> 'receivedAt') collate "C" < $3`,
        [bank.tenantId, '2026-01-01T08:00:00.000Z', '2027-01-01T08:00:00.000Z'],
      );
      expect(JSON.stringify(rows)).toContain('instruction_received');
    } finally {
      client.release(true);
    }
  });
});
