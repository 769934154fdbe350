import { createHash, randomBytes } from 'node:crypto';
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer, type Socket } from 'node:net';
import { type Inbox, selfSignedCertificate, startInbox } from '@personr/testkit';
import { aLargeParcel, aParcel, describeCarrier, type TestEndpoint } from './carrier.contract.spec-helper.js';
import { dispatch } from './dispatch.js';
import { HttpsCarrier } from './https.carrier.js';

const OPEN = { networks: ['127.0.0.0/8'] };

const endpointOf = (inbox: Inbox): TestEndpoint => ({
  carrier: new HttpsCarrier(
    { kind: 'HTTPS', url: `${inbox.url}/returns/`, ca: inbox.ca },
    { bearer: 'a-token' },
  ),
  options: OPEN,
  read: (name) => Promise.resolve(inbox.items.get(`/returns/${name}`)?.bytes ?? null),
  names: () => Promise.resolve([...inbox.items.keys()].map((path) => path.replace('/returns/', ''))),
  close: () => inbox.stop(),
});

describeCarrier('by HTTPS', async () => endpointOf(await startInbox()));

describe('an HTTPS endpoint', () => {
  let inbox: Inbox;
  let endpoint: TestEndpoint;

  beforeEach(async () => {
    inbox = await startInbox();
    endpoint = endpointOf(inbox);
  });

  afterEach(() => inbox.stop());

  const send = (mebibytes = 1, options = {}) =>
    dispatch(endpoint.carrier, aLargeParcel('package.zip', mebibytes), { ...OPEN, ...options });
  const answering = (answer: (request: IncomingMessage, response: ServerResponse) => void): void => {
    inbox.answer = answer;
  };
  const afterAll = (request: IncomingMessage, then: () => void): void => {
    request.resume().once('end', then);
  };

  it('is told length and digest beforehand, and who sends it', async () => {
    const bytes = randomBytes(300_000);
    await dispatch(endpoint.carrier, aParcel('package.zip', bytes), OPEN);
    const digest = createHash('sha256').update(bytes).digest('base64');
    expect(inbox.items.get('/returns/package.zip')?.headers).toMatchObject({
      'content-length': '300000',
      'content-digest': `sha-256=:${digest}:`,
      authorization: 'Bearer a-token',
    });
  });

  it.each([
    [301, 'REDIRECTED'],
    [307, 'REDIRECTED'],
    [308, 'REDIRECTED'],
    [413, 'FULL'],
    [507, 'FULL'],
    [401, 'REFUSED'],
    [403, 'REFUSED'],
    [404, 'REFUSED'],
    [202, 'REFUSED'],
    [500, 'REFUSED'],
    [503, 'SLOW'],
  ])('that answers %i has not got it: %s', async (status, reason) => {
    answering((request, response) => {
      afterAll(request, () =>
        response.writeHead(status, { Location: `${inbox.url}/elsewhere` }).end('secret'),
      );
    });
    expect(await send()).toEqual({ reason });
    expect(inbox.requests.map(({ url }) => url)).toEqual(['/returns/package.zip']);
  });

  it('that refuses before it has read it is taken at its word', async () => {
    answering((_, response) => {
      response.writeHead(507, { Connection: 'close' }).end();
    });
    const { reason } = (await send(64)) as { reason: string };
    // Its answer may be lost when it closes on us while we send; then the connection ended midway.
    expect(['FULL', 'CLOSED_MIDWAY']).toContain(reason);
  });

  it('that accepts before it has read it, and reads no more, has not got it', async () => {
    answering((_, response) => void response.writeHead(201).end());
    expect(await send(64, { patienceMilliseconds: 300 })).toMatchObject({
      reason: expect.any(String) as unknown,
    });
  });

  it.each([
    ['reads nothing', 64, (request: IncomingMessage) => void request.pause()],
    ['reads all and never answers', 1, (request: IncomingMessage) => void request.resume()],
  ])('that %s is given up in time', async (_, mebibytes, answer) => {
    answering(answer);
    expect(await send(mebibytes, { patienceMilliseconds: 300 })).toEqual({ reason: 'SLOW' });
  });

  it('that closes midway has not got it', async () => {
    answering((request) => void request.once('data', () => request.socket.destroy()));
    expect(await send(64)).toEqual({ reason: 'CLOSED_MIDWAY' });
  });

  it.each([
    ['of another host', selfSignedCertificate('other.example'), true],
    ['that nobody vouches for', selfSignedCertificate('127.0.0.1'), false],
  ])('is not spoken to under a certificate %s', async (_, certificate, isTrusted) => {
    const other = await startInbox(certificate);
    try {
      const ca = isTrusted ? other.ca : inbox.ca;
      const carrier = new HttpsCarrier({ kind: 'HTTPS', url: other.url, ca }, { bearer: 'a-token' });
      expect(await dispatch(carrier, aLargeParcel('package.zip', 1), OPEN)).toEqual({
        reason: 'CERTIFICATE',
      });
      const unpinned = new HttpsCarrier({ kind: 'HTTPS', url: other.url, ca: null }, { bearer: 'a-token' });
      expect(await dispatch(unpinned, aLargeParcel('package.zip', 1), OPEN)).toEqual({
        reason: 'CERTIFICATE',
      });
      expect(other.requests).toHaveLength(0);
    } finally {
      await other.stop();
    }
  });

  it('that is not there, or says nothing to a connection, is unreachable', async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => sockets.push(socket));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as { port: number };
    const carrier = new HttpsCarrier(
      { kind: 'HTTPS', url: `https://127.0.0.1:${port}`, ca: null },
      { bearer: null },
    );
    const parcel = aLargeParcel('package.zip', 1);
    expect(await dispatch(carrier, parcel, { ...OPEN, connectMilliseconds: 200 })).toEqual({
      reason: 'UNREACHABLE',
    });
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => silent.close(resolve));
    expect(await dispatch(carrier, parcel, OPEN)).toEqual({ reason: 'UNREACHABLE' });
  });

  it('is looked up once, and connected to where that led', async () => {
    const certificate = selfSignedCertificate('in.business.example');
    const named = await startInbox(certificate);
    let looked = 0;
    const resolve = () => Promise.resolve([['127.0.0.1'], ['169.254.169.254']][looked++] ?? []);
    const url = `https://in.business.example:${named.port}/`;
    const carrier = new HttpsCarrier({ kind: 'HTTPS', url, ca: named.ca }, { bearer: null });
    try {
      const first = await dispatch(carrier, aLargeParcel('package.zip', 1), { ...OPEN, resolve });
      expect(first).toMatchObject({ bytes: 1024 * 1024 });
      expect(looked).toBe(1);
      expect(await dispatch(carrier, aLargeParcel('package.zip', 1), { ...OPEN, resolve })).toEqual({
        reason: 'UNREACHABLE',
      });
      expect(named.requests).toHaveLength(1);
    } finally {
      await named.stop();
    }
  });
});
