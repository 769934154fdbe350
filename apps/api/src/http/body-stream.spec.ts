import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { fastify, type FastifyInstance } from 'fastify';
import { keepBodiesInTime } from './body-deadlines.js';
import { bodyStream } from './body-stream.js';

const SOON = 20;
const NEVER = 3_600_000;

const send = (server: Server, body: string, length = 8): Socket => {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Type: a/b\r\nContent-Length: ${length}\r\n\r\n${body}`);
  return socket;
};

/** All that came, and what it ended in. */
async function read(raw: IncomingMessage): Promise<[string, unknown]> {
  const pieces: Uint8Array[] = [];
  const code = await (async () => {
    for await (const piece of bodyStream(raw)) pieces.push(Buffer.from(piece));
    return 'whole';
  })().catch((error: unknown) => (error as { code: unknown }).code);
  return [Buffer.concat(pieces).toString(), code];
}

describe('a body as a stream', () => {
  let server: FastifyInstance;
  let came: Promise<[string, unknown]>;

  const start = async (
    idleMilliseconds: number,
    before: () => Promise<unknown> = () => Promise.resolve(),
  ) => {
    server = fastify();
    keepBodiesInTime(server, {
      wholeMilliseconds: NEVER,
      unreadMilliseconds: SOON,
      pace: { idleMilliseconds },
    });
    server.addContentTypeParser('a/b', (_request, payload, done) => {
      done(null, payload);
    });
    came = new Promise((resolve) => {
      server.post('/', { config: { stream: 'a/b' } }, async ({ raw }) => {
        await before();
        resolve(await read(raw));
        return 'read';
      });
    });
    await server.listen({ port: 0, host: '127.0.0.1' });
  };

  afterEach(() => server.close());

  it('that stands still is BODY_STALLED, after what came', async () => {
    await start(SOON);
    send(server.server, 'half');
    expect(await came).toEqual(['half', 'BODY_STALLED']);
  });

  it('that comes piece by piece is whole, and is not hurried by who reads it', async () => {
    await start(SOON, () => new Promise((resolve) => setTimeout(resolve, 3 * SOON)));
    const socket = send(server.server, 'all of i');
    expect(await came).toEqual(['all of i', 'whole']);
    socket.destroy();
  });

  it('that breaks off is BODY_INCOMPLETE', async () => {
    await start(NEVER);
    const socket = send(server.server, 'half');
    await once(server.server, 'request');
    socket.destroy();
    expect((await came)[1]).toBe('BODY_INCOMPLETE');
  });

  it('has thirty seconds from piece to piece where nothing else was said', async () => {
    await start(NEVER);
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    const bare = createServer();
    try {
      const asked = once(bare.listen(0, '127.0.0.1'), 'request') as Promise<[IncomingMessage]>;
      await once(bare, 'listening');
      const socket = send(bare, 'half');
      const [raw] = await asked;
      const reading = read(raw);
      await jest.advanceTimersByTimeAsync(29_999);
      const state = await Promise.race([reading, new Promise((resolve) => setImmediate(resolve))]);
      expect(state).toBeUndefined();
      await jest.advanceTimersByTimeAsync(1);
      expect((await reading)[1]).toBe('BODY_STALLED');
      socket.destroy();
    } finally {
      jest.useRealTimers();
      bare.close();
    }
  });
});
