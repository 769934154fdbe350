import { createHash } from 'node:crypto';
import { decodeBundle, openCheckpoint, parseVkey, tilePath, entryBundlePath } from '@personr/proof';
import { waitFor } from '@personr/testkit';
import { aDelete, anAdmission, idOf } from './bodies.js';
import { clientsOf } from './api-clients.spec-helper.js';
import { type House, startHouse, tenantOf, type TestTenant } from './house.js';

type Entry = {
  readonly id: string;
  readonly index: number;
  readonly event: string;
  readonly at: string;
  readonly actor: { readonly kind: string; readonly id?: string };
  readonly outcome: string;
  readonly instructionId: string | null;
  readonly subjectRef: string | null;
  readonly detail: Record<string, unknown> | null;
};
type Operation = {
  readonly security?: readonly Record<string, string[]>[];
  readonly requestBody?: { readonly content: Record<string, unknown> };
};
type Page = { readonly items: readonly Entry[]; readonly nextCursor: string | null };

const LOG = '/v1/evidence';

describe('evidence at the door', () => {
  let house: House;
  let bank: TestTenant;
  let market: TestTenant;
  let instructionId: string;

  beforeAll(async () => {
    house = await startHouse();
    bank = await house.onboard('Bank');
    market = await house.onboard('Market');
    await bank.post('/v1/subjects', anAdmission('cust-1')).expect(201);
    instructionId = idOf(await bank.post('/v1/instructions', aDelete({ externalId: 'cust-1' })).expect(202));
    await house.ended(bank, instructionId);
    await bank.get(`/v1/instructions/${instructionId}/receipt`).expect(200);
  });

  afterAll(() => house.stop());

  const checkpointOf = async (tenant: TestTenant) => {
    const note = (await tenant.get(`${LOG}/checkpoint`).expect(200)).text;
    return openCheckpoint(note, [parseVkey(tenant.vkey)]);
  };
  const bytesOf = async (tenant: TestTenant, path: string): Promise<Buffer> => {
    const answer = await tenant.get(`${LOG}/${path}`).expect(200);
    return answer.body as Buffer;
  };
  const pageOf = async (tenant: TestTenant, query: string): Promise<Page> =>
    (await tenant.get(`${LOG}/entries?${query}`).expect(200)).body as Page;
  /** Waits until an entry of this event is in the log, and returns the newest. */
  const newest = (tenant: TestTenant, event: string): Promise<Entry> =>
    waitFor(async () => (await pageOf(tenant, `event=${event}&limit=1`)).items[0], { what: event });

  it('R-99: is a log that its own tenant can verify whole, from tiles, bundles and a checkpoint', async () => {
    const { size, root } = await checkpointOf(bank);
    expect(size).toBeLessThan(256);
    const entries = decodeBundle(await bytesOf(bank, entryBundlePath(0, size)));
    const leaves = entries.map((entry) => sha256(Uint8Array.of(0), entry));
    expect((await bytesOf(bank, tilePath(0, 0, size))).equals(Buffer.concat(leaves))).toBe(true);
    expect(hashOf(leaves).equals(Buffer.from(root))).toBe(true);
  });

  it('gives as much of a tile as the path says, and 404 for what the log does not have', async () => {
    const { size } = await checkpointOf(bank);
    const whole = await bytesOf(bank, tilePath(0, 0, size));
    expect((await bytesOf(bank, tilePath(0, 0, 1))).equals(whole.subarray(0, 32))).toBe(true);
    expect((await bytesOf(bank, `tile/0%2F000.p%2F1`)).equals(whole.subarray(0, 32))).toBe(true);
    const wrong = [
      'tile/0/000',
      `tile/0/000.p/${size + 100}`,
      'tile/0/001.p/1',
      'tile/1/000.p/1',
      'tile/64/000.p/1',
      'tile/0/000.p/0',
      'tile/0/000.p/01',
      'tile/0/000.p/256',
      'tile/0/0',
      'tile/0/x000/000.p/1',
      'tile/0/x999/x999/x999/x999/x999/999',
      'tile/entries/000',
      'tile/entries/x999/x999/x999/x999/x999/999',
      'tile/entries/%00',
      'tile/0/..%2f..%2fcheckpoint',
      'tile/entries',
    ];
    for (const path of wrong) {
      const answer = await bank.get(`${LOG}/${path}`);
      expect([path, answer.status]).toEqual([path, 404]);
    }
    const refused = await bank.get(`${LOG}/tile/0/000`).expect(404);
    expect(refused.body).toMatchObject({ code: 'EVIDENCE_NOT_FOUND' });
  });

  it('says what may be kept: privately, and only what is full for good', async () => {
    const path = `${LOG}/${tilePath(0, 0, 1)}`;
    const first = await bank.get(path).expect(200);
    expect(first.headers['cache-control']).toBe('private');
    const tag = String(first.headers.etag);
    await bank.get(path).set('If-None-Match', `"other", W/${tag}`).expect(304);
    await bank.get(path).set('If-None-Match', '"other"').expect(200);
    await bank.post(path, {}).expect(405);
  });

  it('R-01: shows nobody the log of another', async () => {
    const [own, other] = await Promise.all([checkpointOf(bank), checkpointOf(market)]);
    expect(other.origin).not.toBe(own.origin);
    const all = await pageOf(market, 'limit=200');
    expect(all.items.some((entry) => entry.instructionId === instructionId)).toBe(false);
    expect((await pageOf(market, `instructionId=${instructionId}`)).items).toEqual([]);
    await market.get(`${LOG}/${entryBundlePath(0, own.size)}`).expect(404);
  });

  it('finds entries by event, instruction, subject, actor, outcome and time, newest first', async () => {
    const about = await pageOf(bank, `instructionId=${instructionId}&limit=200`);
    const done = about.items.filter(({ actor }) => actor.kind === 'SYSTEM' || actor.id !== undefined);
    expect(done.map(({ event }) => event)).toEqual(
      expect.arrayContaining(['instruction.accepted', 'erasure.started', 'instruction.closed']),
    );
    expect(about.items.map(({ id }) => id)).toEqual([...about.items.map(({ id }) => id)].sort().reverse());
    const [closed] = (await pageOf(bank, 'outcome=COMPLETED')).items;
    expect(closed).toMatchObject({ event: 'instruction.closed', instructionId, outcome: 'COMPLETED' });
    const subject = await pageOf(bank, `subjectRef=${closed!.subjectRef}&event=instruction.closed`);
    expect(subject.items.map(({ id }) => id)).toEqual([closed!.id]);
    const system = await pageOf(bank, `actor=SYSTEM&instructionId=${instructionId}&limit=200`);
    expect(system.items.length).toBeGreaterThan(0);
    expect(system.items.every(({ actor }) => actor.kind === 'SYSTEM')).toBe(true);
    const after = new Date(Date.parse(closed!.at) + 1).toISOString();
    const isClosing = (page: Page) => page.items.some(({ id }) => id === closed!.id);
    const closing = 'event=instruction.closed&';
    expect(isClosing(await pageOf(bank, `${closing}from=${closed!.at}&to=${after}`))).toBe(true);
    expect(isClosing(await pageOf(bank, `${closing}to=${closed!.at}`))).toBe(false);
    expect(isClosing(await pageOf(bank, `${closing}from=${after}`))).toBe(false);
  });

  it('R-100: finds what was refused', async () => {
    await bank
      .post('/v1/instructions', aDelete({ externalId: 'cust-2' }, { verification: undefined }))
      .expect(409);
    await newest(bank, 'instruction.refused');
    const refused = (await pageOf(bank, 'outcome=REFUSED&limit=200')).items;
    expect(refused.map(({ event }) => event)).toContain('instruction.refused');
    expect(new Set(refused.map(({ outcome }) => outcome))).toEqual(new Set(['REFUSED']));
  });

  it('R-101: a page of entries that was read is an entry; tiles that were taken are counted', async () => {
    await pageOf(bank, `instructionId=${instructionId}&limit=1`);
    const page = await waitFor(
      async () => {
        const about = await pageOf(bank, `event=evidence.read&instructionId=${instructionId}&limit=200`);
        return about.items.find(({ detail }) => detail?.count === 1);
      },
      { what: 'the entry of that page' },
    );
    expect(page.actor).toEqual({ kind: 'API_CLIENT', id: expect.any(String) as unknown });
    expect(page.detail).toMatchObject({ form: 'ENTRIES', count: 1 });
    const reads = await pageOf(bank, 'event=evidence.read&limit=200');
    const files = reads.items.filter(({ detail }) => detail?.form === 'LOG');
    const routes = files.map(({ detail }) => detail?.route);
    expect(new Set(routes).size).toBe(routes.length);
    expect(routes).toContain('GET /v1/evidence/tile/{path}');
    house.clock.advance(3_600_000);
    bank = await tenantOf(house.http, bank);
    const counted = await waitFor(
      async () => {
        const told = (await pageOf(bank, 'event=evidence.read&limit=200')).items;
        return told.find(({ detail }) => detail?.route === 'GET /v1/evidence/tile/{path}' && detail.count);
      },
      { what: 'the number of tiles' },
    );
    expect(Number(counted.detail?.count)).toBeGreaterThan(2);
  });

  it('R-98, R-101: who may read evidence may change nothing and open no value; who may not, does not', async () => {
    const clients = clientsOf(house, bank);
    const tokenFor = async (...scopes: string[]) => clients.tokenBySecret(await clients.create({ scopes }));
    const [reviewer, stranger] = [await tokenFor('evidence:read'), await tokenFor('subjects:read')];
    const as = (token: string, path: string) => house.http.get(path).auth(token, { type: 'bearer' });
    await as(reviewer, `${LOG}/entries`).expect(200);
    for (const path of ['checkpoint', 'entries', tilePath(0, 0, 1), entryBundlePath(0, 1)]) {
      const answer = await as(stranger, `${LOG}/${path}`).expect(403);
      expect(answer.body).toMatchObject({ code: 'SCOPE_MISSING' });
    }
    const { paths } = (await house.http.get('/openapi.json').expect(200)).body as {
      paths: Record<string, Record<string, Operation>>;
    };
    const changing = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods)
        .filter(([method, { security = [] }]) => method !== 'get' && security.some((one) => 'token' in one))
        .map(([method, { requestBody }]) => ({
          method,
          path: path.replaceAll(/\{\w+\}/g, instructionId),
          type: Object.keys(requestBody?.content ?? {}).at(0) ?? 'application/json',
        })),
    );
    expect(changing.length).toBeGreaterThan(20);
    for (const { method, path, type } of changing) {
      const asked = house.http[method as 'post'](path).auth(reviewer, { type: 'bearer' });
      const answer = await asked.set('Content-Type', type.replace('*/*', 'image/png')).send('{}');
      expect([method, path, answer.status]).toEqual([method, path, 403]);
    }
    await as(reviewer, '/v1/subjects').expect(403);
  });

  it('refuses filters that are none', async () => {
    for (const query of [
      'event=Values.Read',
      'instructionId=7',
      'subjectRef=cust-1',
      'actor=somebody',
      'outcome=done',
      'from=yesterday',
      'to=2026-02-31T00:00:00Z',
      'index=1',
    ]) {
      const answer = await bank.get(`${LOG}/entries?${query}`);
      expect([query, answer.status]).toEqual([query, 400]);
    }
  });
});

const sha256 = (...parts: readonly Uint8Array[]): Buffer =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();

/** MTH of RFC 6962, section 2.1. */
function hashOf(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 1) return leaves[0]!;
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return sha256(Uint8Array.of(1), hashOf(leaves.slice(0, split)), hashOf(leaves.slice(split)));
}
