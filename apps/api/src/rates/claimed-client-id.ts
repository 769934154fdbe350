import { isId } from '@personr/kernel';
import { type FastifyRequest } from 'fastify';
import { basicCredentials } from '../auth/basic-credentials.js';

/**
 * The client in whose name a token is asked for, before it has proved anything: by HTTP Basic, by `client_id`, or
 * as the subject of an assertion (RFC 7523). Null unless it has the form of a client id.
 */
export function claimedClientId({ headers, body }: Pick<FastifyRequest, 'headers' | 'body'>): string | null {
  const form = (body ?? {}) as Readonly<Record<string, unknown>>;
  const claims = [fromBasic(headers.authorization), form.client_id, subjectOf(form.client_assertion)];
  return claims.find(isClientId) ?? null;
}

function fromBasic(authorization: string | undefined): string | null {
  try {
    return basicCredentials(authorization).clientId;
  } catch {
    return null;
  }
}

function subjectOf(assertion: unknown): unknown {
  if (typeof assertion !== 'string') return null;
  try {
    const claims = JSON.parse(
      Buffer.from(assertion.split('.')[1] ?? '', 'base64url').toString('utf8'),
    ) as unknown;
    return (claims as { sub?: unknown } | null)?.sub;
  } catch {
    return null;
  }
}

function isClientId(claim: unknown): claim is string {
  if (typeof claim !== 'string') return false;
  const parts = claim.split('.');
  return parts.length === 2 && parts.every(isId);
}
