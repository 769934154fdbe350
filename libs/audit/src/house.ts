import { parseId, type TenantId } from '@personr/kernel';

/** In whose name the house's own log is kept: an id like a tenant's that no tenant has. */
export const HOUSE: TenantId = parseId<'tenant'>('00000000-0000-7000-8000-000000000000');
