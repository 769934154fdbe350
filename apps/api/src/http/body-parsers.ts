import { DomainError } from '@personr/kernel';
import { type FastifyInstance } from 'fastify';

const JSON_LIMIT_BYTES = 1024 * 1024;
const FORM_LIMIT_BYTES = 16 * 1024;
const DEEPEST = 32;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Takes JSON (1 MiB) and forms (16 KiB), and nothing else. What cannot be read is refused as `BODY_MALFORMED`. */
export function takeBodies(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer', bodyLimit: JSON_LIMIT_BYTES },
    (_request, body, done) => {
      settle(done, () => parseJson(body as Buffer));
    },
  );
  fastify.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: FORM_LIMIT_BYTES },
    (_request, body, done) => {
      settle(done, () => Object.fromEntries(new URLSearchParams(body as string)));
    },
  );
}

function settle(done: (error: Error | null, body?: unknown) => void, parse: () => unknown): void {
  let body: unknown;
  try {
    body = parse();
  } catch (error) {
    done(error instanceof DomainError ? error : malformed('The body is not JSON in UTF-8.'));
    return;
  }
  done(null, body);
}

const malformed = (sentence: string): DomainError => new DomainError('BODY_MALFORMED', sentence);

/** Parses JSON and refuses what would hurt whoever walks it: depth, and names that reach a prototype. */
export function parseJson(bytes: Uint8Array): unknown {
  const body = JSON.parse(utf8.decode(bytes)) as unknown;
  let level: unknown[] = [body];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > DEEPEST) throw malformed(`The body is nested deeper than ${DEEPEST} levels.`);
    level = level.flatMap(membersOf);
  }
  return body;
}

function membersOf(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Object.hasOwn(value, '__proto__')) throw malformed('A member may not be named __proto__.');
  return Object.values(value).filter((member) => typeof member === 'object' && member !== null);
}
