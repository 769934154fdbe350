import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { fastify, type FastifyInstance } from 'fastify';
import { keepBodiesInTime } from './body-deadlines.js';

const SOON = 20;
const NEVER = 3_600_000;

describe('a body that does not come to its end', () => {
  let server: FastifyInstance;

  const start = async (deadlines: { wholeMilliseconds: number; unreadMilliseconds: number }) => {
    server = fastify({ http: { headersTimeout: 30_000 } });
    keepBodiesInTime(server, deadlines);
    server.addContentTypeParser('application/stream', (_request, payload, done) => {
      done(null, payload);
    });
    server.post('/whole', () => 'read');
    server.post('/stream', { config: { stream: 'application/stream' } }, (request) =>
      text(request.body as AsyncIterable<Buffer> as never),
    );
    server.post('/unread', { config: { stream: 'application/stream' } }, () => 'no');
    await server.listen({ port: 0, host: '127.0.0.1' });
  };

  /** Sends half a body and returns the connection, and all that comes back until it is closed. */
  const sendHalf = (path: string, type: string) => {
    const socket = connect((server.server.address() as AddressInfo).port, '127.0.0.1');
    const head = `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Type: ${type}\r\nContent-Length: 8\r\n\r\n`;
    socket.write(`${head}"hal`);
    return { socket, answer: text(socket) };
  };

  afterEach(() => server.close());

  it('is answered 408 and cut off when it should be read whole', async () => {
    await start({ wholeMilliseconds: SOON, unreadMilliseconds: NEVER });
    expect(await sendHalf('/whole', 'application/json').answer).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('is let be on a route that takes a stream, however long it takes', async () => {
    await start({ wholeMilliseconds: SOON, unreadMilliseconds: NEVER });
    const { socket, answer } = sendHalf('/stream', 'application/stream');
    // Another one that began later is cut off first.
    expect(await sendHalf('/whole', 'application/json').answer).toMatch(/ 408 /);
    socket.end('lf" ');
    expect(await answer).toMatch(/^HTTP\/1\.1 200 [^]*"hallf" /);
  });

  it('is cut off a moment after its answer when nobody reads it', async () => {
    await start({ wholeMilliseconds: NEVER, unreadMilliseconds: SOON });
    const { socket, answer } = sendHalf('/unread', 'application/stream');
    await once(socket, 'close');
    expect(await answer).toMatch(/^HTTP\/1\.1 200 [^]*no/);
  });

  it('of which all came does not end the connection', async () => {
    await start({ wholeMilliseconds: SOON, unreadMilliseconds: SOON });
    const { socket, answer } = sendHalf('/whole', 'application/json');
    socket.write('lf" ');
    await once(socket, 'data');
    expect(await sendHalf('/whole', 'application/json').answer).toMatch(/ 408 /);
    expect(socket.destroyed).toBe(false);
    socket.end();
    expect(await answer).toMatch(/^HTTP\/1\.1 200 /);
  });
});
