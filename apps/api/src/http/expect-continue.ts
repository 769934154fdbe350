import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type FastifyInstance } from 'fastify';
import { ANY_TYPE } from './takes-stream.js';

const waiting = new WeakMap<IncomingMessage, ServerResponse>();

/**
 * Keeps whoever sent `Expect: 100-continue` (RFC 9110, section 10.1.1) waiting until its body is wanted: where a body
 * of any type is taken, until `wantBody`, which is after all that can be refused has been; anywhere else until a parser
 * is about to read it.
 */
export function holdExpectations(fastify: FastifyInstance): void {
  const { server } = fastify;
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    waiting.set(request, response);
    server.emit('request', request, response);
  });
  fastify.addHook('preParsing', (request, _reply, _payload, done) => {
    if (request.routeOptions.config.stream !== ANY_TYPE) wantBody(request.raw);
    done();
  });
}

/** Whether the sender of this request still waits to be asked for its body. */
export const isHeld = (request: IncomingMessage): boolean => waiting.has(request);

/** Tells whoever waits to be asked for the body to send it. Safe to call again, and for whoever does not wait. */
export function wantBody(request: IncomingMessage): void {
  const response = waiting.get(request);
  waiting.delete(request);
  if (response?.headersSent === false) response.writeContinue();
}
