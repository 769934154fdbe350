import { type FastifyInstance } from 'fastify';

/** Keeps what a tenant is told out of every cache, unless its route says otherwise. */
export function keepAnswersPrivate(fastify: FastifyInstance): void {
  fastify.addHook('onSend', (request, reply, payload, done) => {
    if (request.url.startsWith('/v1/') && !reply.hasHeader('Cache-Control')) {
      void reply.header('Cache-Control', 'private, no-store');
    }
    done(null, payload);
  });
}
