import { aDelete, anAdmission } from './bodies.js';
import { type House, startHouse, type TestTenant } from './house.js';

type Listed = { readonly items: readonly { readonly id: string }[]; readonly nextCursor: string | null };
type Parameter = {
  readonly name?: string;
  readonly schema?: { readonly minimum?: number; readonly maximum?: number };
};
type Operation = {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly responses: Readonly<Record<string, unknown>>;
};

/** Lists that are made of what these specs made; every other list of the contract may be empty here. */
const FILLED = ['/v1/subjects', '/v1/instructions'];

describe('every list of the contract', () => {
  let house: House;
  let bank: TestTenant;
  let lists: [path: string, operation: Operation][];

  beforeAll(async () => {
    house = await startHouse({ worker: false });
    bank = await house.onboard('Bank');
    const { paths } = (await house.http.get('/openapi.json').expect(200)).body as {
      paths: Record<string, Record<string, Operation>>;
    };
    lists = Object.entries(paths).flatMap(([path, { get }]) =>
      get?.parameters?.some(({ name }) => name === 'cursor') === true && !path.includes('{')
        ? [[path, get]]
        : [],
    );
    // Two of each in one millisecond, so that ties are among them.
    for (let number = 0; number < 5; number += 1) {
      if (number % 2 === 0) house.clock.advance(1);
      await bank.post('/v1/subjects', anAdmission(`cust-${number}`)).expect(201);
      await bank.post('/v1/instructions', aDelete({ externalId: `nobody-${number}` })).expect(202);
    }
  });

  afterAll(() => house.stop());

  const read = async (path: string, query: string): Promise<Listed> =>
    (await bank.get(`${path}?${query}`).expect(200)).body as Listed;

  const walk = async (path: string, limit: number): Promise<string[]> => {
    const ids: string[] = [];
    let cursor = '';
    for (;;) {
      const { items, nextCursor } = await read(path, `limit=${limit}${cursor}`);
      expect(items.length).toBeLessThanOrEqual(limit);
      ids.push(...items.map(({ id }) => id));
      if (nextCursor === null) return ids;
      cursor = `&cursor=${nextCursor}`;
    }
  };

  it('takes a limit of 1 to 200 and a cursor, and says so', async () => {
    expect(lists.map(([path]) => path)).toEqual(expect.arrayContaining(FILLED));
    for (const [path, { parameters = [] }] of lists) {
      expect(parameters.find(({ name }) => name === 'limit')?.schema).toMatchObject({
        minimum: 1,
        maximum: 200,
      });
      for (const limit of ['0', '201', '-1', '1.5', 'x', '']) {
        const refused = await bank.get(`${path}?limit=${limit}`).expect(400);
        expect(refused.body).toMatchObject({ code: 'VALIDATION_FAILED' });
      }
      await bank.get(`${path}?limit=200`).expect(200);
      const refused = await bank.get(`${path}?cursor=bm90IG9uZQ`).expect(400);
      expect(refused.body).toMatchObject({ code: 'CURSOR_MALFORMED' });
      await bank.get(`${path}?unknown=1`).expect(400);
    }
  });

  it('shows the same in pages of any size, newest first, nothing twice', async () => {
    for (const [path] of lists) {
      const whole = await walk(path, 200);
      expect(await walk(path, 1)).toEqual(whole);
      expect(await walk(path, 2)).toEqual(whole);
      expect(new Set(whole).size).toBe(whole.length);
      // The first 48 bits of an id are the millisecond that it was made in (RFC 9562, section 5.7).
      const times = whole.map((id) => id.slice(0, 13));
      expect(times).toEqual([...times].sort().reverse());
      expect(whole).toHaveLength(FILLED.includes(path) ? 5 : whole.length);
    }
  });

  it('keeps its place when something is added meanwhile', async () => {
    const before = await walk('/v1/subjects', 200);
    const { nextCursor } = await read('/v1/subjects', 'limit=2');
    house.clock.advance(1);
    await bank.post('/v1/subjects', anAdmission('cust-meanwhile')).expect(201);
    const { items } = await read('/v1/subjects', `limit=200&cursor=${nextCursor ?? ''}`);
    expect(items.map(({ id }) => id)).toEqual(before.slice(2));
  });
});
