import { type InstructionId, type SubjectId } from '@personr/kernel';
import { type ElementCode, type InstructionType } from '@personr/law';
import { type TenantTx } from '@personr/tenancy';
import { type InstructionState } from './instruction-state.js';

/** An instruction about a subject, as far as a hold needs to know it. */
export type AboutSubject = {
  readonly id: InstructionId;
  readonly type: InstructionType;
  readonly state: InstructionState;
  readonly scopeElements: readonly ElementCode[];
  /** Whether it is about everything that the tenant has: a hold on one subject does not stop it. */
  readonly isWholeTenant: boolean;
  /** Whether the step that destroys keys has begun: from then on a hold comes too late for what is in scope. */
  readonly isShredding: boolean;
  readonly erasedAt: Date | null;
  /** What was held back from it when it began to destroy; null before. */
  readonly heldBack: readonly { readonly holdId: string; readonly elements: readonly ElementCode[] }[] | null;
};

/** Every instruction about this subject, that about all of the tenant's included, oldest first. The caller has locked the subject's row and holds the tenant's stay. */
export async function instructionsAbout(tx: TenantTx, subjectId: SubjectId): Promise<AboutSubject[]> {
  const rows = await tx.bulk`
    select i.id, i.type, i.state, i.scope_elements, i.whole_tenant, i.erased_at, shred.name is not null and intent.state = 'DONE' as is_shredding,
           case when intent.state = 'DONE' then case when not i.whole_tenant then intent.outcome -> 'heldBack' else (
             select coalesce(jsonb_agg(jsonb_build_object('holdId', h.id, 'elements', h.elements)), '[]') from hold h
              where h.tenant_id = i.tenant_id and h.subject_id = ${subjectId} and h.kept_by = i.id) end end as held_back
      from instruction i
      left join execution_step shred on shred.tenant_id = i.tenant_id and shred.instruction_id = i.id
                                    and shred.name = 'SHRED_KEYS'
      left join execution_step intent on intent.tenant_id = i.tenant_id and intent.instruction_id = i.id
                                     and intent.name = 'INTEND'
     where i.tenant_id = ${tx.tenantId} and i.type in ('DELETE', 'RETURN') and i.id in (
             select id from instruction where tenant_id = ${tx.tenantId} and subject_id = ${subjectId}
             union all select leaving_by from tenant where id = ${tx.tenantId})
     order by i.id`;
  return rows.map((row) => ({
    id: row.id as InstructionId,
    type: row.type as InstructionType,
    state: row.state as InstructionState,
    scopeElements: row.scope_elements as ElementCode[],
    isWholeTenant: row.whole_tenant as boolean,
    isShredding: row.is_shredding as boolean,
    erasedAt: row.erased_at as Date | null,
    heldBack: row.held_back as AboutSubject['heldBack'],
  }));
}

/** Whether the instruction destroys the element, or has. */
export const covers = (
  { scopeElements, heldBack }: Pick<AboutSubject, 'scopeElements' | 'heldBack'>,
  element: ElementCode,
): boolean =>
  (scopeElements.length === 0 || scopeElements.includes(element)) &&
  !(heldBack ?? []).some(({ elements }) => elements.length === 0 || elements.includes(element));

/** Opens every step of these erasures again: what was held back when they ended is carried out from the beginning. What was returned is not returned again. */
export async function reopenExecutions(tx: TenantTx, ids: readonly InstructionId[]): Promise<void> {
  await tx.bulk`
    update execution_step set state = 'STARTED', done_at = null, done = 0
     where tenant_id = ${tx.tenantId} and instruction_id = any(${ids}::uuid[]) and position >= 0`;
}
