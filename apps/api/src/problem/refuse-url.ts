import { type FastifyError, type FastifyReply, type FastifyRequest } from 'fastify';
import { problemOf } from './problem.js';

/**
 * Answers a URL that cannot be read, or one with a part of more than 64 characters, as a route that does not
 * exist. Fastify's own answer would quote the URL. Runs outside the hooks, so it returns the request id, logs and
 * protects the answer itself.
 */
export function refuseUrl(_: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const problem = problemOf('ROUTE_NOT_FOUND', { detail: 'There is no such route.', requestId: request.id });
  void reply
    .status(problem.status)
    .headers({
      'X-Request-Id': request.id,
      'Cache-Control': 'private, no-store',
      'X-Content-Type-Options': 'nosniff',
    })
    .header('Content-Type', 'application/problem+json')
    .send(JSON.stringify(problem));
  const { method, id: requestId } = request;
  request.log.info({ requestId, method, route: 'none', status: problem.status }, 'answered');
}
