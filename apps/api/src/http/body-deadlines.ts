import { type IncomingMessage } from 'node:http';
import { type FastifyInstance } from 'fastify';
import { isHeld } from './expect-continue.js';

/** How long a body may take. */
export type BodyDeadlines = {
  /** All of it, where it is read whole. */
  readonly wholeMilliseconds: number;
  /** What still flows when nobody reads any more. */
  readonly unreadMilliseconds: number;
  /** How fast a stream must come that is read by `bodyStream`; as `PACE` when left out. */
  readonly pace?: Partial<Pace>;
};

/** The least that a stream must do. Only the time in which we wait for it counts. */
export type Pace = {
  /** From one piece to the next. */
  readonly idleMilliseconds: number;
  /** So many bytes at least must come in each window, so that nobody keeps an upload open by a byte now and then. */
  readonly leastBytes: number;
  readonly windowMilliseconds: number;
};

/** About a kilobyte a second: a tenth of what the slowest mobile networks bring. */
const PACE: Pace = { idleMilliseconds: 30_000, leastBytes: 64 * 1024, windowMilliseconds: 60_000 };
const DEADLINES: BodyDeadlines = { wholeMilliseconds: 30_000, unreadMilliseconds: 5_000 };

const paces = new WeakMap<IncomingMessage, Pace>();

/** How fast this stream must come. */
export const paceOf = (raw: IncomingMessage): Pace => paces.get(raw) ?? PACE;

/**
 * Ends requests whose bodies do not come to their end in time (408), except on routes that take streams: those
 * keep their time themselves. Node's own `requestTimeout` knows no exception, so it must be off. A connection whose
 * body was answered before its end is closed after a moment, which the client has to read the answer; a refusal says so.
 */
export function keepBodiesInTime(fastify: FastifyInstance, deadlines: BodyDeadlines = DEADLINES): void {
  const pace = { ...PACE, ...deadlines.pace };
  fastify.addHook('onRequest', (request, _reply, done) => {
    paces.set(request.raw, pace);
    if (request.routeOptions.config.stream === undefined && hasBody(request.raw)) {
      endAfter(deadlines.wholeMilliseconds, request.raw, () => {
        // As Node does it, so that a slow body is answered as slow headers are.
        const late = Object.assign(new Error('the body is late'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });
        fastify.server.emit('clientError', late, request.raw.socket);
      });
    }
    done();
  });
  fastify.addHook('onSend', (request, reply, _payload, done) => {
    const { raw } = request;
    const isStream = request.routeOptions.config.stream !== undefined;
    if (reply.statusCode >= 400 && !raw.complete && (isStream || isHeld(raw))) {
      void reply.header('Connection', 'close');
      lingerAtEnd(raw, deadlines.unreadMilliseconds);
    }
    done();
  });
  fastify.addHook('onResponse', (request, _reply, done) => {
    const { raw } = request;
    if (!raw.complete) endAfter(deadlines.unreadMilliseconds, raw, () => raw.socket.destroy());
    done();
  });
}

/**
 * Closes in the order of RFC 9112, section 9.6: we stop writing, let what still comes flow by for a while, and close
 * then. Closed at once, the answer would be lost to a client that is still sending.
 */
function lingerAtEnd(raw: IncomingMessage, milliseconds: number): void {
  const { socket } = raw;
  // What node calls once the last answer of a connection has been written.
  socket.destroySoon = () => {
    socket.end();
    raw.resume();
    const timer = setTimeout(() => socket.destroy(), milliseconds).unref();
    socket.once('close', () => {
      clearTimeout(timer);
    });
  };
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
