import { type InstructionId, type SubjectId } from '@personr/kernel';
import { type ElementCode, type ExceptionGround } from '@personr/law';
import { isWhole, type Scope } from '@personr/stores';
import { type TenantTx } from '@personr/tenancy';
import { type HoldId } from './hold.js';
import { type Restricting } from './restriction.js';

/** Stands for every element, where a hold of everything kept all of a subject. */
const ALL = 'ALL';

/**
 * Says of the active holds on these subjects what an erasure of so much leaves standing because of them, which is used
 * for their ground alone from the commit on (R-78); and of those that have ended, that it leaves that no more. Elements
 * that are left out mean everything; what is left out of a scope by `except` does not count. The subjects' rows are locked
 * by the caller.
 */
export async function restrictHeld(
  tx: TenantTx,
  scopes: readonly Pick<Scope, 'subjectId' | 'elements'>[],
): Promise<void> {
  const merged = oneEach(scopes);
  if (merged.size === 0) return;
  const elements = [...merged.values()].map((codes) => (codes === null ? null : `{${codes.join()}}`));
  await tx.bulk`
    update hold set restricted_elements = case
        when ended_at is null then array(
          select unnest(restricted_elements)
          union select kept from unnest(case when cardinality(hold.elements) = 0
                                             then coalesce(m.elements::text[], ${`{${ALL}}`}::text[]) else hold.elements end) as kept
                 where m.elements is null or kept = any(m.elements::text[])
          order by 1)
        when m.elements is null then ${'{}'}::text[]
        else array(select unnest(restricted_elements) except select unnest(m.elements::text[]) order by 1) end
      from unnest(${[...merged.keys()]}::uuid[], ${elements}::text[]) as m (subject_id, elements)
     where tenant_id = ${tx.tenantId} and hold.subject_id = m.subject_id
       and (ended_at is null or cardinality(restricted_elements) > 0)`;
}

/** The same of the erasure of everything, of all holds that it left standing. */
export async function restrictKept(tx: TenantTx, by: InstructionId): Promise<void> {
  await tx.bulk`
    update hold set restricted_elements = case when cardinality(elements) = 0 then ${`{${ALL}}`}::text[] else elements end
     where tenant_id = ${tx.tenantId} and kept_by = ${by}::uuid and ended_at is null`;
}

/** The holds because of which an erasure left something of this subject standing, also those that have ended since. */
export async function restrictingHolds(tx: TenantTx, subjectId: SubjectId): Promise<Restricting[]> {
  const rows = await tx.bulk`
    select id, ground, ended_at, restricted_elements from hold
     where tenant_id = ${tx.tenantId} and subject_id = ${subjectId} and cardinality(restricted_elements) > 0 order by id`;
  return rows.map((row) => {
    const restricts = row.restricted_elements as (ElementCode | typeof ALL)[];
    return {
      id: row.id as HoldId,
      ground: row.ground as ExceptionGround,
      endedAt: row.ended_at as Date | null,
      restricts: restricts.includes(ALL) ? [] : (restricts as ElementCode[]),
    };
  });
}

/** One scope for each subject: null is everything. */
function oneEach(scopes: readonly Pick<Scope, 'subjectId' | 'elements'>[]) {
  const merged = new Map<SubjectId, readonly ElementCode[] | null>();
  for (const { subjectId, elements } of scopes) {
    const known = merged.get(subjectId);
    const isAll = known === null || isWhole({ subjectId, ...(elements === undefined ? {} : { elements }) });
    merged.set(subjectId, isAll ? null : [...new Set([...(known ?? []), ...(elements ?? [])])]);
  }
  return merged;
}
