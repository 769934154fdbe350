import { DomainError } from '@personr/kernel';
import { type FastifyInstance, type FastifyRequest } from 'fastify';
import { ANY_TYPE } from './takes-stream.js';

/** What a body is called where its own type is none of a parser's business. No client can send this name. */
const OPAQUE = 'application/vnd.personr.opaque';

const sentTypes = new WeakMap<object, string>();

/**
 * Hands any body on unread to the routes that take any type, before a parser can look at it: one of JSON arrives
 * there as it was sent, and one without a type too. Refuses a body that is compressed for the way as
 * `CONTENT_TYPE_UNSUPPORTED`: it would rest as something else than it is.
 */
export function takeAnyBodies(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    if (request.routeOptions.config.stream !== ANY_TYPE) {
      done(isOpaque(request) ? unsupported('This route does not take that content type.') : undefined);
      return;
    }
    const { headers } = request.raw;
    if ((headers['content-encoding'] ?? 'identity').trim().toLowerCase() !== 'identity') {
      // The rest of what is sent is not wanted.
      void reply.header('Connection', 'close');
      done(unsupported('A document is taken as it is, without Content-Encoding.'));
      return;
    }
    sentTypes.set(request.raw, headers['content-type'] ?? '');
    headers['content-type'] = OPAQUE;
    done();
  });
  fastify.addContentTypeParser(OPAQUE, (_request, payload, done) => {
    done(null, payload);
  });
}

/** The `Content-Type` that was sent with a body of any type; empty when there was none. */
export const sentTypeOf = ({ raw }: FastifyRequest): string => sentTypes.get(raw) ?? '';

const isOpaque = ({ raw }: FastifyRequest): boolean =>
  (raw.headers['content-type'] ?? '').toLowerCase().includes(OPAQUE);

const unsupported = (sentence: string): DomainError => new DomainError('CONTENT_TYPE_UNSUPPORTED', sentence);
