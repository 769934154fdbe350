import { safeError } from '@personr/kernel';
import { type FastifyInstance } from 'fastify';
import { problemOf } from '../problem/problem.js';
import { refusalOf } from './refused.js';
import { type Refusals } from './refusals.js';

const UNTOLD = 'The request is refused, but that could not be written down. Send it again to learn why.';

/**
 * Has each refusal told of before it is answered: every problem document of the 400s, whoever wrote it. One that
 * cannot be told of is answered as a failure of ours, so that nobody is refused without a trace.
 */
export function tellRefusals(fastify: FastifyInstance, refusals: Pick<Refusals, 'tell'>): void {
  fastify.addHook('onSend', (request, reply, payload, done) => {
    const refusal = refusalOf(request);
    if (refusal === undefined || reply.statusCode < 400 || reply.statusCode >= 500) {
      done(null, payload);
      return;
    }
    refusals.tell(request, reply, refusal).then(
      () => {
        done(null, payload);
      },
      (error: unknown) => {
        request.log.error({ code: 'SERVICE_UNAVAILABLE', error: safeError(error) }, 'failed');
        const problem = problemOf('SERVICE_UNAVAILABLE', { detail: UNTOLD, requestId: request.id });
        void reply.status(problem.status);
        done(null, JSON.stringify(problem));
      },
    );
  });
}
