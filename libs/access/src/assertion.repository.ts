import { createHash } from 'node:crypto';
import { type ApiClientId } from '@personr/kernel';
import { type TenantTx } from '@personr/tenancy';

/** An assertion that was proved: whose, its name, and until when it could be used. */
export type UsedAssertion = {
  readonly clientId: ApiClientId;
  readonly jti: string;
  readonly expiresAt: Date;
  readonly now: Date;
};

const SWEPT_AT_ONCE = 20;

/**
 * Remembers the assertion until it ends. False when it is remembered already: of any number at once, in whichever
 * process, the primary key lets one through. Each call also forgets up to twenty of the tenant's that have ended,
 * so there are never many more than can still be used.
 */
export async function rememberAssertion(
  tx: TenantTx,
  { clientId, jti, expiresAt, now }: UsedAssertion,
): Promise<boolean> {
  const jtiHash = createHash('sha256').update(jti).digest();
  const inserted = await tx.$executeRaw`
    insert into api_client_assertion (tenant_id, client_id, jti_hash, expires_at)
    values (${tx.tenantId}::uuid, ${clientId}::uuid, ${jtiHash}, ${expiresAt})
    on conflict do nothing`;
  if (inserted === 0) return false;
  await tx.$executeRaw`
    delete from api_client_assertion
     where (tenant_id, client_id, jti_hash) in (
       select tenant_id, client_id, jti_hash from api_client_assertion
        where tenant_id = ${tx.tenantId}::uuid and expires_at <= ${now}
        order by expires_at limit ${SWEPT_AT_ONCE} for update skip locked)`;
  return true;
}
