import { type Caller } from '@personr/audit';
import { isDomainError, newId, type TenantId } from '@personr/kernel';
import { SettableClock } from '@personr/kernel/testing';
import { openTenancy, type Tenancy } from '@personr/tenancy';
import { aTenant } from '@personr/tenancy/testing';
import { createTestDatabases, type Inbox, startInbox, type TestDatabases } from '@personr/testkit';
import { openTestVault, type TestVault } from '@personr/vault/testing';
import pg from 'pg';
import { aParcel } from './carrier.contract.spec-helper.js';
import { challengeName, type EndpointId, MOST_TRIES, type NewEndpoint, stateOf } from './endpoint.js';
import { deliveryOver } from './testing.js';

const OPEN = { networks: ['127.0.0.0/8'] };
const MARKS = ['marker-host-7f', 'marker-token-7f', 'marker-name-7f', 'marker-key-7f'];

describe('the endpoints of a tenant', () => {
  let databases: TestDatabases;
  let tenancy: Tenancy;
  let opened: TestVault;
  let owner: pg.Client;
  let inbox: Inbox;
  let bank: Caller;
  let room: ReturnType<typeof deliveryOver>;
  const clock = new SettableClock('2026-11-24T18:00:00.000Z');

  beforeAll(async () => {
    databases = await createTestDatabases();
    tenancy = openTenancy(databases);
    opened = await openTestVault({ keystoreUrl: databases.keystoreUrl, clock });
    owner = new pg.Client({ connectionString: databases.ownerUrl });
    await owner.connect();
    inbox = await startInbox();
    room = deliveryOver({ tenancy, vault: opened.vault, clock }, OPEN);
  });

  beforeEach(async () => {
    inbox.items.clear();
    inbox.answer = undefined;
    bank = await aBusiness();
  });

  afterAll(async () => {
    await inbox.stop();
    await tenancy.close();
    await opened.close();
    await owner.end();
    await databases.drop();
  });

  const aBusiness = async (): Promise<Caller> => {
    clock.advance(1);
    const tenantId = await aTenant(tenancy, clock.now());
    await opened.vault.openTenant(tenantId);
    return { tenantId, actor: { kind: 'API_CLIENT', id: newId(clock.now()) } };
  };
  const codeOf = (attempt: Promise<unknown>): Promise<string> =>
    attempt.then(
      () => 'done',
      (error: unknown) => (isDomainError(error) ? error.code : String(error)),
    );
  const anEndpoint = (changes: Partial<NewEndpoint> = {}): NewEndpoint => ({
    name: MARKS[2]!,
    address: { kind: 'HTTPS', url: `${inbox.url}/${MARKS[0]!}`, ca: inbox.ca },
    secret: { bearer: MARKS[1]! },
    ...changes,
  });
  const register = async (given = anEndpoint()) => {
    clock.advance(1);
    return tenancy.forTenant(bank.tenantId, (tx) => room.register.run(tx, bank, given));
  };
  const find = (id: EndpointId, tenantId = bank.tenantId) => room.find.byId(tenantId, id);
  const send = (id: EndpointId, by = room.send) =>
    by.run(bank.tenantId, id, { settle: () => Promise.resolve() });
  const sentCode = (id: EndpointId): string =>
    inbox.items
      .get(`/${MARKS[0]!}/${challengeName(id)}`)
      ?.bytes.toString()
      .trim() ?? '';
  const challenged = async (given = anEndpoint()): Promise<{ id: EndpointId; code: string }> => {
    const { id } = await register(given);
    await room.challenge.run(bank, id);
    await send(id);
    return { id, code: sentCode(id) };
  };
  const proved = async (): Promise<EndpointId> => {
    const { id, code } = await challenged();
    await room.prove.run(bank, id, code);
    return id;
  };
  const deliver = (id: EndpointId, tenantId: TenantId = bank.tenantId) =>
    room.courier.deliver(tenantId, id, aParcel('package.zip', Buffer.from('a package')));
  const entries = async (): Promise<{ event: string; detail?: unknown }[]> => {
    const { rows } = await owner.query<{ entry: Buffer }>(
      'select entry from audit_outbox where tenant_id = $1 order by created_at, id',
      [bank.tenantId],
    );
    return rows.map(({ entry }) => JSON.parse(entry.toString()) as { event: string; detail?: unknown });
  };

  it('R-55: get nothing until whoever reads what was written there has said so, and then packages', async () => {
    const { id } = await register();
    expect(await codeOf(deliver(id))).toBe('ENDPOINT_NOT_PROVED');
    // Entries of one millisecond have no order.
    clock.advance(1);
    await room.challenge.run(bank, id);
    expect(await codeOf(deliver(id))).toBe('ENDPOINT_NOT_PROVED');
    await send(id);
    expect((await find(id)).challenge).toMatchObject({ state: 'SENT', failure: null, tries: 0 });
    expect(await codeOf(deliver(id))).toBe('ENDPOINT_NOT_PROVED');
    const code = sentCode(id);
    expect(code).toMatch(/^[\w-]{43}$/);
    clock.advance(1);
    await room.prove.run(bank, id, code);
    expect(stateOf(await find(id))).toBe('PROVED');
    expect(await deliver(id)).toMatchObject({ isDelivered: true, bytes: 9, at: clock.now() });
    expect(inbox.items.get(`/${MARKS[0]!}/package.zip`)?.headers.authorization).toBe(`Bearer ${MARKS[1]!}`);
    expect(await entries()).toMatchObject([
      { event: 'endpoint.registered', detail: { endpointId: id, kind: 'HTTPS' } },
      { event: 'endpoint.challenged', detail: { endpointId: id } },
      { event: 'endpoint.proved', detail: { endpointId: id } },
    ]);
  });

  it('rest without a host, a name, a code or what opens them in any row, and show none of the last', async () => {
    const id = await proved();
    await register(
      anEndpoint({
        address: { kind: 'S3', url: inbox.url, region: 'us-east-1', bucket: 'b00', prefix: '', ca: null },
        secret: { accessKeyId: MARKS[3]!, secretAccessKey: MARKS[1]! },
      }),
    );
    const { id: waiting, code } = await challenged();
    for (const table of ['endpoint', 'audit_outbox', 'work']) {
      const { rows } = await owner.query<{ text: string }>(`select t::text as text from ${table} t`);
      const bytes = rows.map(({ text }) => text).join('\n');
      for (const mark of [...MARKS, code]) {
        expect([table, mark, bytes.includes(mark)]).toEqual([table, mark, false]);
        const hex = Buffer.from(mark).toString('hex');
        expect([table, mark, bytes.includes(hex)]).toEqual([table, mark, false]);
      }
    }
    const page = await room.find.page(bank.tenantId, { limit: 10, after: null });
    expect(page.map((endpoint) => endpoint.id)).toEqual([waiting, expect.any(String), id]);
    expect(page[2]).toMatchObject({ name: MARKS[2], address: { url: `${inbox.url}/${MARKS[0]!}` } });
    for (const secret of [MARKS[1]!, MARKS[3]!]) expect(JSON.stringify(page)).not.toContain(secret);
  });

  it('are proved by the right code only, in five tries, also when they come at once', async () => {
    const { id, code } = await challenged();
    const wrong = Array.from({ length: 8 }, (_, at) =>
      codeOf(room.prove.run(bank, id, `${code.slice(0, -1)}${code.endsWith('x') ? 'y' : 'x'}${at}`)),
    );
    expect((await Promise.all(wrong)).sort()).toEqual([
      ...Array<string>(3).fill('CHALLENGE_NOT_OPEN'),
      ...Array<string>(MOST_TRIES).fill('CHALLENGE_WRONG'),
    ]);
    expect(await codeOf(room.prove.run(bank, id, code))).toBe('CHALLENGE_NOT_OPEN');
    await room.challenge.run(bank, id);
    expect(await codeOf(room.prove.run(bank, id, code))).toBe('CHALLENGE_NOT_OPEN');
    await send(id);
    expect(await codeOf(room.prove.run(bank, id, code))).toBe('CHALLENGE_WRONG');
    await room.prove.run(bank, id, sentCode(id));
    expect(await codeOf(room.prove.run(bank, id, sentCode(id)))).toBe('ILLEGAL_TRANSITION');
    expect(await codeOf(room.challenge.run(bank, id))).toBe('ILLEGAL_TRANSITION');
  });

  it('are proved within a day, and not a millisecond later', async () => {
    const { id, code } = await challenged();
    clock.advance(24 * 3_600_000);
    expect(await codeOf(room.prove.run(bank, id, code))).toBe('CHALLENGE_NOT_OPEN');
    const second = await challenged();
    clock.advance(24 * 3_600_000 - 1);
    expect(await codeOf(room.prove.run(bank, second.id, second.code))).toBe('done');
  });

  it('say why a challenge could not be written, by one of eight words', async () => {
    inbox.answer = (_, response) => void response.writeHead(403).end('no, because of marker-token-7f');
    const { id } = await challenged();
    expect((await find(id)).challenge).toEqual({
      state: 'FAILED',
      failure: 'REFUSED',
      sentAt: null,
      endsAt: null,
      codeSha256: null,
      tries: 0,
    });
    expect(await codeOf(room.prove.run(bank, id, 'x'))).toBe('CHALLENGE_NOT_OPEN');
    inbox.answer = undefined;
    await room.challenge.run(bank, id);
    await send(id);
    expect(await codeOf(room.prove.run(bank, id, sentCode(id)))).toBe('done');
  });

  it('R-70: have one challenge wherever its sending dies: what was written and not kept proves nothing', async () => {
    const { id } = await register();
    await room.challenge.run(bank, id);
    const died = room.send.run(bank.tenantId, id, {
      settle: () => Promise.reject(new Error('the worker died')),
    });
    await expect(died).rejects.toThrow('the worker died');
    const first = sentCode(id);
    expect(await codeOf(room.prove.run(bank, id, first))).toBe('CHALLENGE_NOT_OPEN');
    await room.challenge.run(bank, id);
    await send(id);
    expect(await codeOf(room.prove.run(bank, id, first))).toBe('CHALLENGE_WRONG');
    expect(await codeOf(room.prove.run(bank, id, sentCode(id)))).toBe('done');
    const before = inbox.requests.length;
    await send(id);
    expect(inbox.requests.length).toBe(before);
  });

  it('that are revoked get nothing more, for good, and what opened them is gone', async () => {
    const id = await proved();
    await room.revoke.run(bank, id);
    const revoked = await find(id);
    expect([stateOf(revoked), revoked.revokedAt]).toEqual(['REVOKED', clock.now()]);
    expect(await codeOf(deliver(id))).toBe('ENDPOINT_REVOKED');
    expect(await codeOf(room.challenge.run(bank, id))).toBe('ENDPOINT_REVOKED');
    expect(await codeOf(room.prove.run(bank, id, 'x'))).toBe('ENDPOINT_REVOKED');
    const { rows } = await owner.query('select sealed_secret from endpoint where id = $1', [id]);
    expect(rows).toEqual([{ sealed_secret: null }]);
    clock.advance(1);
    await room.revoke.run(bank, id);
    expect(await find(id)).toEqual(revoked);
    expect((await entries()).filter(({ event }) => event === 'endpoint.revoked')).toHaveLength(1);
  });

  it('that are revoked while their challenge is sent are not challenged', async () => {
    const { id } = await register();
    await room.challenge.run(bank, id);
    inbox.answer = (request, response) => {
      request.resume().once('end', () => {
        void room.revoke.run(bank, id).then(() => response.writeHead(201).end());
      });
    };
    await send(id);
    expect(await find(id)).toMatchObject({ challenge: { state: 'ASKED' }, revokedAt: clock.now() });
    expect(await codeOf(room.prove.run(bank, id, 'x'))).toBe('ENDPOINT_REVOKED');
  });

  it('R-01: of another tenant are as if they were not there', async () => {
    const id = await proved();
    const market = await aBusiness();
    for (const attempt of [
      find(id, market.tenantId),
      room.challenge.run(market, id),
      room.prove.run(market, id, 'x'),
      room.revoke.run(market, id),
      deliver(id, market.tenantId),
    ]) {
      expect(await codeOf(attempt)).toBe('ENDPOINT_NOT_FOUND');
    }
    expect(await room.find.page(market.tenantId, { limit: 10, after: null })).toEqual([]);
    expect(stateOf(await find(id))).toBe('PROVED');
  });

  it('of SFTP have a key of their own, whose private half is shown to nobody', async () => {
    const address = {
      kind: 'SFTP',
      host: 'sftp.business.example',
      port: 22,
      user: 'personr',
      hostKeySha256: `SHA256:${'A'.repeat(43)}`,
      directory: 'incoming',
    } as const;
    const [one, other] = [
      await register(anEndpoint({ address, secret: null })),
      await register(anEndpoint({ address, secret: null })),
    ];
    const keys = [one, other].map(({ address: to }) => (to.kind === 'SFTP' ? to.publicKey : ''));
    expect(new Set(keys).size).toBe(2);
    for (const key of keys) expect(key).toMatch(/^ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI[\w+/]+ personr$/);
    expect(JSON.stringify(await find(one.id))).not.toContain('seed');
  });

  it.each<[string, NewEndpoint['address']]>([
    ['plain http', { kind: 'HTTPS', url: 'http://in.business.example/', ca: null }],
    ['a credential in its URL', { kind: 'HTTPS', url: 'https://me:pw@in.business.example/', ca: null }],
    ['a query', { kind: 'HTTPS', url: 'https://in.business.example/?token=x', ca: null }],
    ['a fragment', { kind: 'HTTPS', url: 'https://in.business.example/#x', ca: null }],
    ['a host of one word', { kind: 'HTTPS', url: 'https://localhost/', ca: null }],
    ['a line break', { kind: 'HTTPS', url: 'https://in.business.example/\r\nx', ca: null }],
    ['no certificate as ca', { kind: 'HTTPS', url: 'https://in.business.example/', ca: 'trust me' }],
    [
      'a bucket behind a path',
      { kind: 'S3', url: 'https://s3.business.example/x', region: 'r', bucket: 'b00', prefix: '', ca: null },
    ],
    [
      'a prefix that leads elsewhere',
      {
        kind: 'S3',
        url: 'https://s3.business.example/',
        region: 'r',
        bucket: 'b00',
        prefix: '../',
        ca: null,
      },
    ],
  ])('are not registered with %s', async (_, address) => {
    const secret = address.kind === 'S3' ? { accessKeyId: 'a', secretAccessKey: 'b' } : { bearer: null };
    expect(await codeOf(register(anEndpoint({ address, secret })))).toBe('ENDPOINT_REFUSED');
  });
});
