import { type AuditLog, by, type Caller } from '@personr/audit';
import { type ContractPurpose } from '@personr/law';
import { type TenantTx } from '@personr/tenancy';
import { type TermsEvent } from './terms.events.js';

/**
 * Tells the tenant, in its log, which purposes end and when. That is all that the end of a purpose does:
 * nothing is erased without an instruction.
 */
export async function reportEndedPurposes(
  tx: TenantTx,
  audit: AuditLog,
  ended: {
    readonly caller: Omit<Caller, 'tenantId'>;
    readonly at: Date;
    readonly from: Date;
    readonly purposes: readonly ContractPurpose[];
  },
): Promise<void> {
  const { caller, at, from, purposes } = ended;
  if (purposes.length === 0) return;
  const event: TermsEvent = {
    event: 'purpose.ended',
    at,
    ...by({ ...caller, tenantId: tx.tenantId }),
    reasonCode: 'PURPOSE_ENDED',
    detail: { purposes, from: from.toISOString() },
  };
  await audit.append(tx, event);
}
