import { type ApiClientId, type TenantId } from '@personr/kernel';
import { type Scope } from './scope.js';

/** Who is calling, as a verified token says: the only source of the tenant for anything that follows. */
export type Grant = {
  readonly tenantId: TenantId;
  readonly clientId: ApiClientId;
  readonly scopes: readonly Scope[];
};
