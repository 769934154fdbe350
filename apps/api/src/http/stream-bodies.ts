import { DomainError } from '@personr/kernel';
import { type FastifyInstance, type FastifyRequest } from 'fastify';
import { NDJSON } from './takes-stream.js';

/**
 * Hands NDJSON on unread to the routes that take it as a stream, before anything else looks at the body. Refuses
 * what is not NDJSON there, what is compressed, and NDJSON anywhere else, as `CONTENT_TYPE_UNSUPPORTED`.
 */
export function takeNdjson(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    if (request.routeOptions.config.stream !== NDJSON || isPlainNdjson(request)) {
      done();
      return;
    }
    // The rest of what is sent is not wanted.
    void reply.header('Connection', 'close');
    done(unsupported('This route takes application/x-ndjson in UTF-8, not compressed.'));
  });
  fastify.addContentTypeParser(NDJSON, (request, payload, done) => {
    if (request.routeOptions.config.stream === NDJSON) done(null, payload);
    else done(unsupported('This route does not take that content type.'));
  });
}

const unsupported = (sentence: string): DomainError => new DomainError('CONTENT_TYPE_UNSUPPORTED', sentence);

function isPlainNdjson({ headers }: FastifyRequest): boolean {
  const [mediaType = '', ...parameters] = (headers['content-type'] ?? '').toLowerCase().split(';');
  const encoding = (headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  return mediaType.trim() === NDJSON && encoding === 'identity' && parameters.every(isUtf8);
}

/** The one parameter that says something about the bytes, if it is there. */
const isUtf8 = (parameter: string): boolean => {
  const [name = '', value = ''] = parameter.split('=');
  return name.trim() !== 'charset' || /^"?utf-?8"?$/.test(value.trim());
};
