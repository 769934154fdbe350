import { type AuditEvent } from '@personr/audit';
import { type Json } from '@personr/kernel';
import { type KeySetSource } from './api-client.js';
import { thumbprintOf } from './key-set.js';

/** What this room reports to the log. Names of clients are their tenant's own words and stay out. */
export type AccessEvent = AuditEvent<
  | 'tenant.onboarded'
  | 'api-client.registered'
  | 'api-client.changed'
  | 'api-client.secret-added'
  | 'api-client.secret-removed'
  | 'api-client.revoked'
  | 'sign-in.granted'
  | 'sign-in.refused'
  | 'request.refused'
>;

/** Keys as the log names them: by RFC 7638, since a `kid` is the tenant's own words too. */
export const keysInLog = (keySet: KeySetSource | undefined): Readonly<Record<string, Json>> => {
  if (keySet === undefined) return {};
  return 'jwks' in keySet ? { keys: keySet.jwks.map(thumbprintOf) } : { keys: 'PUBLISHED' };
};
