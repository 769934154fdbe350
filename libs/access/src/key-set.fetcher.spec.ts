import { generateKeyPairSync } from 'node:crypto';
import { type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { gzipSync } from 'node:zlib';
import { selfSignedCertificate } from '@personr/testkit';
import { MOST_BYTES } from './download.js';
import { KeySetFetcher, type KeySetFetching } from './key-set.fetcher.js';
import { KEY_HOST, type KeyServer, startKeyServer } from './testing.js';

const KEY = { ...generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }), kid: 'a' };
const JSON_TYPE = { 'Content-Type': 'application/json' };

describe('a key set that a client publishes', () => {
  let server: KeyServer;

  beforeEach(async () => {
    server = await startKeyServer();
    server.publish(KEY);
  });

  afterEach(() => server.stop());

  const fetch = (changes: KeySetFetching = {}, uri = server.uri) =>
    new KeySetFetcher({ ...server.fetching, ...changes }).fetch(uri);
  const expectRefused = async (fetching: Promise<unknown>): Promise<void> => {
    await expect(fetching).rejects.toMatchObject({ name: 'DomainError', code: 'KEY_SET_REFUSED' });
  };
  const answerWith = (status: number, headers: OutgoingHttpHeaders, body: string | Buffer): void => {
    server.answer = (_, response) => void response.writeHead(status, headers).end(body);
  };
  const resolvingTo = (...addresses: string[]) => ({ resolve: () => Promise.resolve(addresses) });

  it('is fetched over TLS under the name of its host, with nothing of ours sent along', async () => {
    expect(await fetch()).toEqual([{ ...KEY, alg: 'EdDSA' }]);
    const [request] = server.requests as [IncomingMessage];
    expect((request.socket as { servername?: string }).servername).toBe(KEY_HOST);
    expect(Object.keys(request.headers).sort()).toEqual(['accept', 'accept-encoding', 'connection', 'host']);
  });

  describe('is looked for on the open internet only', () => {
    it.each([
      ['loopback', '127.0.0.1'],
      ['loopback', '::1'],
      ['private', '10.1.2.3'],
      ['the metadata service', '169.254.169.254'],
      ['shared', '100.64.0.1'],
      ['unspecified', '0.0.0.0'],
      ['unique local', 'fd00::1'],
      ['mapped loopback', '::ffff:127.0.0.1'],
      ['mapped loopback in hex', '::ffff:7f00:1'],
      ['NAT64', '64:ff9b::7f00:1'],
      ['no address', KEY_HOST],
    ])('and not at %s: %s', async (_, address) => {
      await expectRefused(fetch({ ...resolvingTo(address), networks: [] }));
      await expectRefused(fetch({ ...resolvingTo('93.184.216.34', address), networks: [] }));
      expect(server.requests).toHaveLength(0);
    });

    it('and not beside the network that a test opens', async () => {
      await expectRefused(fetch(resolvingTo('127.0.0.2')));
      await expectRefused(fetch(resolvingTo('127.0.0.1', '::1')));
      expect(server.requests).toHaveLength(0);
    });

    it('and nowhere when its host has no address, or cannot be looked up', async () => {
      await expectRefused(fetch(resolvingTo()));
      await expectRefused(fetch({ resolve: () => Promise.reject(new Error('SERVFAIL')) }));
    });

    it('by a fetcher as the product makes it, which opens nothing', async () => {
      await expectRefused(new KeySetFetcher().fetch(server.uri));
      await expectRefused(new KeySetFetcher({ ports: server.fetching.ports }).fetch(server.uri));
      expect(server.requests).toHaveLength(0);
    });
  });

  it('is fetched from the address that was judged, however the name answers the second time', async () => {
    const answers = [['127.0.0.1'], ['169.254.169.254']];
    let looked = 0;
    const resolve = (): Promise<string[]> => Promise.resolve(answers[looked++] ?? []);
    const fetcher = new KeySetFetcher({ ...server.fetching, resolve });
    expect(await fetcher.fetch(server.uri)).toHaveLength(1);
    expect(looked).toBe(1);
    await expectRefused(fetcher.fetch(server.uri));
    expect([looked, server.requests.length]).toEqual([2, 1]);
  });

  it.each([
    ['another host', selfSignedCertificate('other.example')],
    ['this machine', selfSignedCertificate('localhost')],
  ])('is not taken under a certificate of %s', async (_, certificate) => {
    const other = await startKeyServer(certificate);
    other.publish(KEY);
    try {
      await expectRefused(new KeySetFetcher(other.fetching).fetch(other.uri));
      expect(other.requests).toHaveLength(0);
    } finally {
      await other.stop();
    }
  });

  it('is not taken under a certificate that nobody vouches for', async () => {
    await expectRefused(fetch({ ca: selfSignedCertificate(KEY_HOST).cert }));
    expect(server.requests).toHaveLength(0);
  });

  it.each([301, 302, 303, 307, 308])(
    'is not looked for elsewhere when it is answered with %i',
    async (status) => {
      answerWith(status, { Location: '/elsewhere', ...JSON_TYPE }, JSON.stringify({ keys: [KEY] }));
      await expectRefused(fetch());
      expect(server.requests.map(({ url }) => url)).toEqual(['/jwks.json']);
    },
  );

  it.each([
    ['an error', 500, JSON_TYPE, JSON.stringify({ keys: [KEY] })],
    ['no content', 204, JSON_TYPE, ''],
    ['a page', 200, { 'Content-Type': 'text/html' }, JSON.stringify({ keys: [KEY] })],
    ['no content type', 200, {}, JSON.stringify({ keys: [KEY] })],
    [
      'a type that only begins like JSON',
      200,
      { 'Content-Type': 'application/jsonx' },
      JSON.stringify({ keys: [KEY] }),
    ],
    [
      'a content coding',
      200,
      { ...JSON_TYPE, 'Content-Encoding': 'gzip' },
      gzipSync(JSON.stringify({ keys: [KEY] })),
    ],
    ['no JSON', 200, JSON_TYPE, '{"keys": ['],
    ['bytes that are no UTF-8', 200, JSON_TYPE, Buffer.from('{"keys": [], "\xff": 1}', 'latin1')],
    ['no key set', 200, JSON_TYPE, '[]'],
    ['a private key', 200, JSON_TYPE, JSON.stringify({ keys: [{ ...KEY, d: 'c2VjcmV0' }] })],
    ['brackets within brackets', 200, JSON_TYPE, '['.repeat(60_000)],
    ['one byte too many', 200, JSON_TYPE, JSON.stringify({ keys: [KEY] }).padEnd(MOST_BYTES + 1)],
  ])('is refused when it is answered with %s', async (_, status, headers, body) => {
    answerWith(status, headers, body);
    await expectRefused(fetch());
  });

  it('may be as long as 64 KiB', async () => {
    answerWith(200, JSON_TYPE, JSON.stringify({ keys: [KEY] }).padEnd(MOST_BYTES));
    expect(await fetch()).toHaveLength(1);
  });

  it('is given up when it goes on for ever, and no more of it is read', async () => {
    let sent = 0;
    const closed = new Promise<void>((resolve) => {
      server.answer = (_, response) => {
        response.writeHead(200, JSON_TYPE).once('close', resolve);
        const more = (): void => {
          sent += 16_384;
          if (!response.destroyed) response.write(Buffer.alloc(16_384, 0x20), () => setImmediate(more));
        };
        more();
      };
    });
    await expectRefused(fetch());
    await closed;
    expect(sent).toBeLessThan(16 * 1024 * 1024);
  });

  it.each([
    ['never answers', () => undefined],
    ['answers and never ends', (_, response) => void response.writeHead(200, JSON_TYPE).write('{')],
    [
      'sends a byte now and then',
      (_, response) => {
        response.writeHead(200, JSON_TYPE);
        const drip = setInterval(() => response.write(' '), 20);
        response.once('close', () => {
          clearInterval(drip);
        });
      },
    ],
  ] satisfies [string, KeyServer['answer']][])(
    'is given up in time when its server %s',
    async (_, answer) => {
      server.answer = answer;
      await expectRefused(fetch({ totalMilliseconds: 200 }));
    },
  );

  it('is given up in time when its name is never answered', async () => {
    const resolve = (_: string, signal: AbortSignal): Promise<string[]> =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          reject(new Error('cancelled'));
        });
      });
    await expectRefused(fetch({ resolve, totalMilliseconds: 100 }));
  });

  it('is refused when it breaks off', async () => {
    server.answer = (_, response) => {
      response.writeHead(200, { ...JSON_TYPE, 'Content-Length': '1000' }).write('{"keys": []}');
      setImmediate(() => response.destroy());
    };
    await expectRefused(fetch());
  });
});
