import { type FastifyError, type FastifyReply, type FastifyRequest } from 'fastify';
import { problemOf } from './problem.js';

/**
 * Answers a URL that cannot be read, or one with a part of more than 64 characters, as a route that does not
 * exist. Fastify's own answer would quote the URL. Runs outside the hooks, so it returns the request id itself.
 */
export function refuseUrl(_: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const problem = problemOf('ROUTE_NOT_FOUND', { detail: 'There is no such route.', requestId: request.id });
  void reply
    .status(problem.status)
    .header('X-Request-Id', request.id)
    .header('Content-Type', 'application/problem+json')
    .send(JSON.stringify(problem));
}
