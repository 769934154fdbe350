import { type InstructionId } from '@personr/kernel';
import { type TenantTx } from '@personr/tenancy';

/** The one step of an export: its package. */
const STEP = 'BUILD_PACKAGE';

/** Notes that the package is begun. One that began before stays as it is. */
export async function startExport(tx: TenantTx, id: InstructionId, at: Date): Promise<void> {
  await tx.bulk`
    insert into execution_step (tenant_id, instruction_id, name, position, state, started_at)
    values (${tx.tenantId}::uuid, ${id}::uuid, ${STEP}, 0, 'STARTED', ${at.toISOString()}::timestamptz)
    on conflict do nothing`;
}

/** Notes that the package is there, and what it came to: `done` pieces of it. */
export async function finishExport(
  tx: TenantTx,
  id: InstructionId,
  { outcome, done, at }: { outcome: object; done: number; at: Date },
): Promise<void> {
  await tx.bulk`
    update execution_step set state = 'DONE', done_at = ${at.toISOString()}::timestamptz,
           outcome = ${JSON.stringify(outcome)}::jsonb, done = ${done}::int, total = ${done}::int
     where tenant_id = ${tx.tenantId} and instruction_id = ${id}::uuid and name = ${STEP}`;
}

/** Notes that something keeps the package from being released. False when the same was noted before. */
export async function noteBlocked(tx: TenantTx, id: InstructionId, code: string): Promise<boolean> {
  const outcome = JSON.stringify({ blocked: code });
  const rows = await tx.bulk`
    update execution_step set outcome = ${outcome}::jsonb
     where tenant_id = ${tx.tenantId} and instruction_id = ${id}::uuid and name = ${STEP}
       and outcome is distinct from ${outcome}::jsonb
    returning name`;
  return rows.length === 1;
}
