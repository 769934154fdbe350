import { randomUUID } from 'node:crypto';
import { RegisterApiClient } from '@personr/access';
import { newId } from '@personr/kernel';
import { Tenancy } from '@personr/tenancy';
import { type House, startHouse, tenantOf, type TestTenant } from './house.js';
import { type DeclaredContract, type DeclaredOperation, Judge } from './judge-answers.js';
import { type SeenAnswer, watchAnswers } from './watch-answers.js';

type Media = {
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
};
type Parameter = {
  readonly name?: string;
  readonly in?: string;
  readonly required?: boolean;
  readonly example?: unknown;
};
type Told = DeclaredOperation & {
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
};
type Place = { readonly path: string; readonly method: string; readonly operation: Told };

type Request = ReturnType<House['http']['get']>;

const exampleOf = ({ example, examples = {} }: Media): string | object => {
  const shown = example ?? Object.values(examples)[0]?.value;
  return typeof shown === 'string' ? shown : (shown as object);
};

function asking({ http }: House, method: string): (path: string) => Request {
  const ask = (http as unknown as Record<string, (path: string) => Request>)[method];
  if (ask === undefined) throw new Error(`there is no method ${method}`);
  return ask;
}

function setParameter(request: Request, { name = '', in: where, required, example }: Parameter): void {
  if (name === 'Idempotency-Key') void request.set(name, randomUUID());
  if (required !== true) return;
  if (where === 'query') void request.query({ [name]: String(example) });
  if (where === 'header') void request.set(name, String(example));
}

/** Operations whose example, sent as it stands after those before it, is answered with what it promises. */
const GOOD = [
  'acceptInstruction',
  'addRecords',
  'admitSubject',
  'findInstruction',
  'issueToken',
  'listInstructions',
  'listSubjects',
  'live',
  'lookupSubject',
  'readCheckpoint',
  'readInventory',
  'readReceipt',
  'readRecords',
  'ready',
];

describe('the contract, operation by operation', () => {
  let house: House;
  let bank: TestTenant;
  let scopeless: TestTenant;
  let packageless: TestTenant;
  let seen: SeenAnswer[];
  let judge: Judge;
  let places: Place[];
  /** The id of what was made last, by the path it was made at. */
  const made = new Map<string, string>();

  beforeAll(async () => {
    house = await startHouse();
    bank = await house.onboard('Bank');
    const register = house.api.get(RegisterApiClient);
    const holding = async (scope: 'packages:read' | 'evidence:read'): Promise<TestTenant> => {
      const credential = await house.api
        .get(Tenancy)
        .forTenant(bank.tenantId, (tx) => register.run(tx, { name: scope, scopes: [scope] }));
      return tenantOf(house.http, { ...bank, ...credential });
    };
    scopeless = await holding('packages:read');
    packageless = await holding('evidence:read');
    const contract = (await house.http.get('/openapi.json').expect(200)).body as DeclaredContract;
    judge = new Judge(contract);
    places = Object.entries(contract.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, operation: operation as Told })),
    );
    seen = watchAnswers(house.api.getHttpServer());
  });

  afterAll(() => house.stop());

  const needsToken = ({ operation }: Place) => operation.security.some((way) => 'token' in way);

  const pathOf = ({ path }: Place, id: string): string => path.replaceAll(/\{\w+\}/g, id);

  /** What the operation's own example asks for, sent with this token. */
  const send = ({ path, method, operation }: Place, target: string, token?: string): Request => {
    const request = asking(house, method)(target);
    if (token !== undefined) void request.auth(token, { type: 'bearer' });
    if (path === '/oauth/token') void request.auth(bank.clientId, bank.clientSecret);
    for (const parameter of operation.parameters ?? []) setParameter(request, parameter);
    const [body] = Object.entries(operation.requestBody?.content ?? {});
    return body === undefined ? request : request.set('Content-Type', body[0]).send(exampleOf(body[1]));
  };

  const collectionOf = (path: string): string => path.split('/{')[0] ?? path;

  const sendGood = async (place: Place): Promise<void> => {
    const collection = collectionOf(place.path);
    const answer = await send(place, pathOf(place, made.get(collection) ?? newId(new Date())), bank.token);
    const { id } = answer.body as { id?: unknown };
    if (place.method === 'post' && place.path === collection && typeof id === 'string')
      made.set(collection, id);
  };

  const statusesOf = (operationId: string): number[] =>
    seen
      .filter((answer) => judge.operationOf(answer)?.operationId === operationId)
      .map(({ status }) => status);

  it('answers the example of each as it promises', async () => {
    const makes = (place: Place) => place.method === 'post' && !place.path.includes('{');
    const isOfEnding = ({ path }: Place) =>
      path.startsWith('/v1/instructions') || path.startsWith('/v1/evidence');
    const early = places.filter((place) => !isOfEnding(place));
    for (const place of [...early.filter(makes), ...early.filter((one) => !makes(one))])
      await sendGood(place);
    for (const place of places.filter(isOfEnding).filter(makes)) await sendGood(place);
    await house.ended(bank, made.get('/v1/instructions') ?? '');
    for (const place of places.filter(isOfEnding).filter((one) => !makes(one))) await sendGood(place);
    for (const operationId of GOOD) {
      expect([operationId, statusesOf(operationId).some((status) => status < 300)]).toEqual([
        operationId,
        true,
      ]);
    }
    for (const { operation } of places) {
      const statuses = statusesOf(operation.operationId);
      expect([operation.operationId, statuses.length > 0]).toEqual([operation.operationId, true]);
      expect([operation.operationId, statuses.filter((status) => status >= 500)]).toEqual([
        operation.operationId,
        [],
      ]);
    }
  });

  it('lets nobody in without a token, or with one that lacks the scope', async () => {
    for (const place of places.filter(needsToken)) {
      const target = pathOf(place, newId(new Date()));
      const { operationId } = place.operation;
      expect([operationId, (await send(place, target)).status]).toEqual([operationId, 401]);
      const { token } = operationId.startsWith('readPackage') ? packageless : scopeless;
      expect([operationId, (await send(place, target, token)).status]).toEqual([operationId, 403]);
    }
  });

  it('answers an id of nobody and an id that is none as declared', async () => {
    for (const place of places.filter(({ path }) => path.includes('{'))) {
      await send(place, pathOf(place, newId(new Date())), bank.token);
      await send(place, pathOf(place, 'none'), bank.token);
    }
  });

  it('answers nothing, in status, code, body or header, that it does not declare', () => {
    expect(seen.length).toBeGreaterThan(places.length * 2);
    expect(seen.flatMap((answer) => judge.faultsOf(answer))).toEqual([]);
  });

  it('judges: an undeclared status, member or header is a fault', () => {
    const good = seen.find((answer) => judge.operationOf(answer)?.operationId === 'live');
    if (good === undefined) throw new Error('nothing was seen');
    expect(judge.faultsOf(good)).toEqual([]);
    expect(judge.faultsOf({ ...good, text: '{"status":"LIVE","more":1}' })).toHaveLength(1);
    expect(judge.faultsOf({ ...good, text: '{"status":"DEAD"}' })).toHaveLength(1);
    expect(judge.faultsOf({ ...good, headers: { ...good.headers, etag: '"1"' } })).toHaveLength(1);
    const refused = seen.find(({ status }) => status === 403);
    if (refused === undefined) throw new Error('nothing was refused');
    expect(judge.faultsOf({ ...refused, status: 418 })).toHaveLength(1);
    const otherCode = refused.text.replace('"SCOPE_MISSING"', '"NOT_VERIFIED"');
    expect(judge.faultsOf({ ...refused, text: otherCode })).not.toEqual([]);
  });
});
