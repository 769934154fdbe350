import { type IncomingMessage } from 'node:http';
import { type FastifyInstance } from 'fastify';

/** How long a body may take that is read whole, and how long one that nobody reads any more is let flow. */
export type BodyDeadlines = { readonly wholeMilliseconds: number; readonly unreadMilliseconds: number };

const DEADLINES: BodyDeadlines = { wholeMilliseconds: 30_000, unreadMilliseconds: 5_000 };

/**
 * Ends requests whose bodies do not come to their end in time (408), except on routes that take streams: those
 * keep their time themselves. Node's own `requestTimeout` knows no exception, so it must be off. A connection whose
 * body was answered before its end is closed after a moment, which the client has to read the answer.
 */
export function keepBodiesInTime(fastify: FastifyInstance, deadlines: BodyDeadlines = DEADLINES): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    if (request.routeOptions.config.stream === undefined && hasBody(request.raw)) {
      endAfter(deadlines.wholeMilliseconds, request.raw, () => {
        // As Node does it, so that a slow body is answered as slow headers are.
        const late = Object.assign(new Error('the body is late'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });
        fastify.server.emit('clientError', late, request.raw.socket);
      });
    }
    done();
  });
  fastify.addHook('onResponse', (request, _reply, done) => {
    const { raw } = request;
    if (!raw.complete) endAfter(deadlines.unreadMilliseconds, raw, () => raw.socket.destroy());
    done();
  });
}

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';

function endAfter(milliseconds: number, raw: IncomingMessage, end: () => void): void {
  const timer = setTimeout(() => {
    if (!raw.complete) end();
  }, milliseconds).unref();
  raw.once('close', () => {
    clearTimeout(timer);
  });
}
