import { randomUUID } from 'node:crypto';
import { expectLogIntact } from '@personr/audit/testing';
import { Tenancy } from '@personr/tenancy';
import { type Inbox, startInbox } from '@personr/testkit';
import type supertest from 'supertest';
import { aDelete, anAdmission, anExport, aReturn, aReturnOfAll, idOf } from './bodies.js';
import { clientsOf } from './api-clients.spec-helper.js';
import { type Act, ACTS, type Ask, type Left, type Made } from './completeness-acts.js';
import { challengedInbox, REACH_INBOX } from './endpoints.spec-helper.js';
import { documentedEvents, undocumentedIn } from './documented-events.js';
import { type House, startHouse, type TestTenant } from './house.js';
import { type Entry, entriesOf } from './log-entries.js';
import { sentBy } from './sent-by.js';
import { tally } from './tally.js';

type Operation = {
  readonly operationId: string;
  readonly security?: readonly { readonly token?: readonly string[] }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, unknown>> };
};
type Route = { readonly method: string; readonly path: string; readonly operation: Operation };
type Document = { readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> };

const NOTED = Object.entries(ACTS).flatMap(([name, { leaves }]) =>
  leaves === null ? [] : [[name, leaves] as const],
);
const UNNOTED = Object.entries(ACTS).flatMap(([name, { leaves }]) => (leaves === null ? [name] : []));
const SUBJECT_REF = /^[A-Za-z0-9_-]{20,}$/;

describe('the log, operation by operation of the contract', () => {
  let house: House;
  let bank: TestTenant;
  let leaver: TestTenant;
  let inbox: Inbox;
  let routes: Route[];
  let subjectRef: string | undefined;
  const made: Made = {};
  const done = new Map<string, { readonly answer: supertest.Response; readonly entries: Entry[] }>();

  beforeAll(async () => {
    house = await startHouse({ endpoints: REACH_INBOX });
    inbox = await startInbox();
    bank = await house.onboard('Bank');
    const contract = (await house.http.get('/openapi.json').expect(200)).body as Document;
    routes = Object.entries(contract.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
    );
    await bank.post('/v1/subjects', anAdmission('cust-ended')).expect(201);
    made.ended = idOf(await bank.post('/v1/instructions', aDelete({ externalId: 'cust-ended' })).expect(202));
    await house.ended(bank, made.ended);
    await bank.post('/v1/subjects', anAdmission('cust-exported')).expect(201);
    const order = anExport({ externalId: 'cust-exported' });
    made.exported = idOf(await bank.post('/v1/instructions', order).expect(202));
    await house.ended(bank, made.exported);
    const { id, code } = await challengedInbox(bank, inbox);
    Object.assign(made, { challenged: id, code });
    await bank.post('/v1/subjects', anAdmission('cust-returned')).expect(201);
    made.returned = idOf(
      await bank.post('/v1/instructions', aReturn({ externalId: 'cust-returned' })).expect(202),
    );
    const { manifestSha256, sentAt } = await sentBy(house, bank, made.returned);
    made.manifestSha256 = manifestSha256;
    made.receivedAt = sentAt;
    leaver = await house.onboard('Shop');
    await leaver.post('/v1/subjects', anAdmission('cust-leaving')).expect(201);
    made.returnedAll = idOf(await leaver.post('/v1/instructions', aReturnOfAll()).expect(202));
    await sentBy(house, leaver, made.returnedAll);
    // The instruction is to be held back before a worker comes to it.
    await tally(house, bank);
    await house.stopWorker();
    for (const [name, act] of Object.entries(ACTS)) done.set(name, await acted(act));
    subjectRef = doneBy('admitSubject').entries[0]?.subjectRef;
    expect(subjectRef).toMatch(SUBJECT_REF);
  }, 120_000);

  afterAll(async () => {
    await house.stop();
    await inbox.stop();
  });

  const entriesFor = async (requestId: string, tenant = bank): Promise<Entry[]> =>
    (await entriesOf(house, tenant)).filter((entry) => entry.requestId === requestId);
  const asking =
    (requestId: string, { token }: TestTenant): Ask =>
    (place, body, headers = {}) => {
      const [method = '', path = ''] = place.split(' ');
      const request = house.http[method as 'get'](path)
        .auth(token, { type: 'bearer' })
        .set({ 'X-Request-Id': requestId, ...headers });
      return body === undefined ? request : request.send(body as object);
    };

  const acted = async (act: Act) => {
    const requestId = randomUUID();
    const tenant = actorOf(act);
    const answer = await act.send(asking(requestId, tenant), made, tenant);
    if (act.makes !== undefined && answer.status < 300) made[act.makes] = idOf(answer);
    return { answer, entries: await entriesFor(requestId, tenant) };
  };
  const actorOf = ({ byLeaver }: Act): TestTenant => (byLeaver === true ? leaver : bank);

  it('knows every operation that there is, and no other', () => {
    expect(Object.keys(ACTS).sort()).toEqual(routes.map(({ operation }) => operation.operationId).sort());
  });

  const doneBy = (name: string) => {
    const act = done.get(name);
    if (act === undefined) throw new Error(`${name} was not done`);
    return act;
  };

  it.each(Object.keys(ACTS))('%s is done', (name) => {
    const { status, text } = doneBy(name).answer;
    expect([status, status < 300 ? null : text]).toEqual([status, null]);
  });

  it.each(NOTED)('R-99, R-101: %s leaves an entry that says who, and about whom', (name, left) => {
    const { entries } = doneBy(name);
    const [, client = ''] = actorOf(ACTS[name]!).clientId.split('.');
    expect(entries.map(({ event }) => event).sort()).toEqual([left.event, left.also ?? []].flat().sort());
    for (const { actor } of entries) expect(actor).toEqual({ kind: 'API_CLIENT', id: client });
    const entry = entries.find(({ event }) => event === left.event);
    expect(entry).toMatchObject(aboutOf(left));
  });

  /** What the entry must say of whom it is about. */
  const aboutOf = ({ about, subject }: Left): Partial<Entry> => ({
    ...(about === undefined ? {} : { instructionId: made[about] ?? 'made' }),
    ...(subject === true ? { subjectRef: subjectRef ?? 'known' } : {}),
  });

  it.each(UNNOTED)('%s, which opens nothing and changes nothing, leaves none', (name) => {
    expect(doneBy(name).entries).toEqual([]);
  });

  describe('when it is refused', () => {
    let tokens: Readonly<Record<string, string>>;

    beforeAll(async () => {
      const clients = clientsOf(house, bank);
      const tokenOf = async (scope: string): Promise<string> =>
        clients.tokenBySecret(await clients.create({ scopes: [scope] }));
      tokens = { subjects: await tokenOf('subjects:read'), others: await tokenOf('instructions:read') };
    });

    const scopeOf = ({ operation: { security = [] } }: Route): string | undefined =>
      security.flatMap(({ token = [] }) => token)[0];
    const scoped = (): Route[] => routes.filter((route) => scopeOf(route) !== undefined);
    const typeOf = ({ operation }: Route): string | undefined => {
      const [type] = Object.keys(operation.requestBody?.content ?? {});
      return type?.includes('*') === true ? 'application/octet-stream' : type;
    };
    const send = async (route: Route, token: string, body: string) => {
      const requestId = randomUUID();
      const path = route.path.replaceAll(/\{\w+\}/g, made.ended ?? '');
      const request = house.http[route.method as 'post'](path)
        .auth(token, { type: 'bearer' })
        .set('X-Request-Id', requestId);
      const type = typeOf(route);
      const answer = await (type === undefined ? request : request.type(type).send(body));
      return { answer, entries: await entriesFor(requestId) };
    };
    const eventOf = ({ path }: Route): string =>
      path.startsWith('/v1/instructions') ? 'instruction.refused' : 'request.refused';
    const nameOf = ({ method, path }: Route): string => `${method.toUpperCase()} ${path}`;

    it('R-100: each operation that needs a scope leaves one entry when it is missing', async () => {
      expect(scoped().length).toBeGreaterThan(40);
      for (const route of scoped()) {
        const isRead = scopeOf(route) === 'subjects:read';
        const { answer, entries } = await send(route, tokens[isRead ? 'others' : 'subjects'] ?? '', '{}');
        expect([nameOf(route), answer.status]).toEqual([nameOf(route), 403]);
        expect(entries.map(({ event, reasonCode, detail }) => [event, reasonCode, detail?.route])).toEqual([
          [eventOf(route), 'SCOPE_MISSING', nameOf(route)],
        ]);
      }
    });

    it('R-100: each operation that takes JSON leaves one entry for a body that cannot be read', async () => {
      const reading = scoped().filter((route) => typeOf(route) === 'application/json');
      expect(reading.length).toBeGreaterThan(15);
      for (const route of reading) {
        const { answer, entries } = await send(route, bank.token, '{"a":');
        expect([nameOf(route), answer.status]).toEqual([nameOf(route), 400]);
        expect(entries.map(({ event, reasonCode, detail }) => [event, reasonCode, detail?.route])).toEqual([
          [eventOf(route), 'BODY_MALFORMED', nameOf(route)],
        ]);
      }
    });
  });

  describe('and what goes on by itself', () => {
    const eventsAbout = async (instructionId: string): Promise<string[]> =>
      (await entriesOf(house, bank))
        .filter((entry) => entry.instructionId === instructionId)
        .map(({ event }) => event)
        .sort();

    it('R-99: an erasure leaves each of its steps once, and nothing else', async () => {
      await house.startWorker();
      const { instruction = '' } = made;
      await house.ended(bank, instruction);
      expect(await eventsAbout(instruction)).toEqual(
        [
          'erasure.started',
          'erasure.verified',
          'hold.placed',
          'hold.released',
          'instruction.accepted',
          'instruction.closed',
          'subject-key.shredded',
        ].sort(),
      );
    });

    it('R-97, R-99: no entry has a member, or an actor, that the table of events does not say; the whole log holds', async () => {
      await tally(house, bank);
      const events = documentedEvents();
      const entries = await entriesOf(house, bank);
      expect(entries.flatMap((entry) => undocumentedIn(entry, events))).toEqual([]);
      expect(new Set(entries.map(({ event }) => event)).size).toBeGreaterThan(25);
      await expectLogIntact(house.api.get(Tenancy), bank.tenantId, bank.vkey);
    });
  });
});
