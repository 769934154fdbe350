import { isUtf8 } from 'node:buffer';
import { DomainError } from '@personr/kernel';
import { type FastifyInstance, type FastifyRequest } from 'fastify';
import { parseJson } from './json.js';

export { parseJson } from './json.js';

const JSON_LIMIT_BYTES = 1024 * 1024;
const FORM_LIMIT_BYTES = 16 * 1024;
/** OAuth speaks in forms (RFC 6749, section 4.4.2), and nothing else does. */
const FORM_ROUTES = '/oauth/';

/**
 * Takes forms (16 KiB) at the routes of OAuth and JSON (1 MiB) at all others, in UTF-8, and nothing else. What
 * cannot be read is refused as `BODY_MALFORMED`, another type, charset or encoding as `CONTENT_TYPE_UNSUPPORTED`.
 */
export function takeBodies(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addHook('onRequest', (request, _reply, done) => {
    done(isEncoded(request) ? unsupported('Send the body as it is, without a Content-Encoding.') : undefined);
  });
  fastify.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer', bodyLimit: JSON_LIMIT_BYTES },
    (request, body, done) => {
      settle(done, () => readJson(request, body as Buffer));
    },
  );
  fastify.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'buffer', bodyLimit: FORM_LIMIT_BYTES },
    (request, body, done) => {
      settle(done, () => readForm(request, body as Buffer));
    },
  );
}

function settle(done: (error: Error | null, body?: unknown) => void, work: () => unknown): void {
  let result: unknown;
  try {
    result = work();
  } catch (error) {
    done(error instanceof Error ? error : malformed('The body could not be read.'));
    return;
  }
  done(null, result);
}

const malformed = (sentence: string): DomainError => new DomainError('BODY_MALFORMED', sentence);
const unsupported = (sentence: string): DomainError => new DomainError('CONTENT_TYPE_UNSUPPORTED', sentence);

/** A body that must be inflated first could be any size. It is refused before a byte of it is read. */
function isEncoded({ headers }: FastifyRequest): boolean {
  const encoding = headers['content-encoding'];
  return encoding !== undefined && encoding.trim().toLowerCase() !== 'identity';
}

const takesForms = ({ routeOptions }: FastifyRequest): boolean =>
  routeOptions.url?.startsWith(FORM_ROUTES) === true;

function readJson(request: FastifyRequest, body: Buffer): unknown {
  if (takesForms(request)) throw unsupported('This route takes a form, application/x-www-form-urlencoded.');
  assertUtf8Declared(request);
  return parseJson(body);
}

function readForm(request: FastifyRequest, body: Buffer): unknown {
  if (!takesForms(request)) throw unsupported('This route takes application/json.');
  assertUtf8Declared(request);
  if (!isUtf8(body)) throw malformed('The form is not UTF-8.');
  return membersOf(new URLSearchParams(body.toString('utf8')));
}

const CHARSET = /;\s*charset\s*=\s*"?([^";\s]*)/i;

function assertUtf8Declared({ headers }: FastifyRequest): void {
  const charset = CHARSET.exec(headers['content-type'] ?? '')?.[1]?.toLowerCase();
  if (charset !== undefined && charset !== 'utf-8') throw unsupported('The charset must be utf-8.');
}

/** RFC 6749, section 3.2: a parameter may not be sent twice. */
function membersOf(form: URLSearchParams): Record<string, string> {
  const members = new Map(form);
  if (members.size < form.size) throw malformed('A parameter of the form was sent twice.');
  if (members.has('__proto__')) throw malformed('A parameter may not be named __proto__.');
  return Object.fromEntries(members);
}
