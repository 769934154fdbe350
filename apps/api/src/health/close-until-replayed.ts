import { type TideGate } from '@personr/tide';
import { type FastifyInstance } from 'fastify';
import { problemOf } from '../problem/problem.js';

const RETRY_SECONDS = '5';

/**
 * Answers `RESTORE_REPLAY_PENDING` to everything but questions about health while the data database is older than the key
 * store: before a body is read, a credential is looked at or a route is chosen.
 */
export function closeUntilReplayed(fastify: FastifyInstance, gate: Pick<TideGate, 'isOpen'>): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    if (gate.isOpen || request.url.startsWith('/health/')) {
      done();
      return;
    }
    const detail =
      'An older copy of the data was restored. The service opens when every erasure since is done again.';
    const problem = problemOf('RESTORE_REPLAY_PENDING', { detail, requestId: request.id });
    void reply
      .status(problem.status)
      .header('Retry-After', RETRY_SECONDS)
      .header('Content-Type', 'application/problem+json')
      .send(JSON.stringify(problem));
  });
}
