import { type IncomingMessage } from 'node:http';
import { type FastifyInstance } from 'fastify';

/** How long a body may take. */
export type BodyDeadlines = {
  /** All of it, where it is read whole. */
  readonly wholeMilliseconds: number;
  /** What still flows when nobody reads any more. */
  readonly unreadMilliseconds: number;
  /** From one piece to the next, where a stream is read by `bodyStream`. Thirty seconds when left out. */
  readonly idleMilliseconds?: number;
};

const IDLE_MILLISECONDS = 30_000;
const DEADLINES: BodyDeadlines = { wholeMilliseconds: 30_000, unreadMilliseconds: 5_000 };

const idleTimes = new WeakMap<IncomingMessage, number>();

/** How long the next piece of this stream may be waited for. */
export const idleTimeOf = (raw: IncomingMessage): number => idleTimes.get(raw) ?? IDLE_MILLISECONDS;

/**
 * Ends requests whose bodies do not come to their end in time (408), except on routes that take streams: those
 * keep their time themselves. Node's own `requestTimeout` knows no exception, so it must be off. A connection whose
 * body was answered before its end is closed after a moment, which the client has to read the answer.
 */
export function keepBodiesInTime(fastify: FastifyInstance, deadlines: BodyDeadlines = DEADLINES): void {
  const { idleMilliseconds = IDLE_MILLISECONDS } = deadlines;
  fastify.addHook('onRequest', (request, _reply, done) => {
    idleTimes.set(request.raw, idleMilliseconds);
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
