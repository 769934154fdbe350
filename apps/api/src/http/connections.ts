import { randomUUID } from 'node:crypto';
import { type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Socket } from 'node:net';
import { type ErrorCode } from '@personr/kernel';
import { type FastifyInstance } from 'fastify';
import { type Problem, problemOf } from '../problem/problem.js';

/**
 * How long a client may take: 10 s for its headers, 72 s between two requests (longer than the minute that load
 * balancers keep a connection). Looked after every second. The time of a body is kept route by route
 * (`keepBodiesInTime`), for which node's own must be off.
 */
export const CONNECTIONS = {
  requestTimeout: 0,
  keepAliveTimeout: 72_000,
  http: { headersTimeout: 10_000, connectionsCheckingInterval: 1_000 },
  clientErrorHandler: refuseConnection,
};

/** What node calls the failure of a connection, and what we answer to it. */
const REFUSALS: Readonly<Partial<Record<string, readonly [ErrorCode, string]>>> = {
  ERR_HTTP_REQUEST_TIMEOUT: ['REQUEST_TIMED_OUT', 'The request did not arrive in time.'],
  HPE_HEADER_OVERFLOW: ['HEADERS_TOO_LARGE', 'URL and headers together are larger than 16 KiB.'],
};
const UNREADABLE = ['REQUEST_MALFORMED', 'This is not HTTP/1.1, or it broke off.'] as const;
const LINGER_MS = 1_000;

/** Node keeps the answer that is under way on its socket. */
type Carrier = Socket & { readonly _httpMessage?: ServerResponse | null };

/** Answers what is no readable request with a problem document, and closes. It quotes nothing and logs no bytes. */
export function refuseConnection(
  this: FastifyInstance,
  error: Error & { code?: string },
  socket: Socket,
): void {
  const code = error.code ?? '';
  if (code === 'ECONNRESET' || !isOpenToAnswer(socket)) {
    socket.destroy();
    return;
  }
  const [refusal, detail] = REFUSALS[code] ?? UNREADABLE;
  this.log.info({ code: refusal }, 'refused a connection');
  socket.end(textOf(problemOf(refusal, { detail, requestId: randomUUID() })));
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}

/** Whoever has begun to read an answer would take another for the rest of it. */
const isOpenToAnswer = (socket: Carrier): boolean =>
  socket.writable && socket._httpMessage?.headersSent !== true;

function textOf(problem: Problem): string {
  const body = JSON.stringify(problem);
  return [
    `HTTP/1.1 ${problem.status} ${problem.title}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${problem.instance.replace('urn:uuid:', '')}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}

/** An expectation that we do not know is ignored (RFC 9110, section 10.1.1), not answered without a problem document. */
export function ignoreExpectations(server: Server): void {
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    server.emit('request', request, response);
  });
}
