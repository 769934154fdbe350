import { type ApiClientId, isId, parseId, type TenantId } from '@personr/kernel';

/** A client as the token endpoint knows it: whose it is, and which. */
export type ClientName = { readonly tenantId: TenantId; readonly id: ApiClientId };

/** The `client_id` of a client: `<tenant>.<client>`. */
export const clientIdOf = ({ tenantId, id }: ClientName): string => `${tenantId}.${id}`;

/** Reads a `client_id`. Null for what cannot be one. */
export function parseClientId(clientId: string): ClientName | null {
  const [tenantId = '', id = '', ...rest] = clientId.split('.');
  if (!isId(tenantId) || !isId(id) || rest.length > 0) return null;
  return { tenantId: parseId(tenantId), id: parseId(id) };
}
