import { type InstructionId, type SubjectId } from '@personr/kernel';
import { type Scope } from '@personr/stores';
import { heldBy, holdsKeptBy } from '@personr/subjects';
import { type TenantTx } from '@personr/tenancy';

/** Of one subject, what the erasure of everything erases and what it leaves standing, if anything. */
export type Share = { readonly erased: Scope; readonly kept: Scope | null };

/** Divides these subjects by the holds that the erasure left standing. */
export async function sharesOf(
  tx: TenantTx,
  subjects: readonly SubjectId[],
  by: InstructionId,
): Promise<Share[]> {
  const holds = await holdsKeptBy(tx, subjects, by);
  return subjects.map((subjectId): Share => {
    const held = holds.get(subjectId);
    if (held === undefined) return { erased: { subjectId }, kept: null };
    const { everything, elements } = heldBy(held);
    return everything
      ? { erased: { subjectId, elements: [] }, kept: { subjectId } }
      : { erased: { subjectId, except: elements }, kept: { subjectId, elements } };
  });
}

/** What is kept, of those of whom something is. */
export const keptIn = (shares: readonly Share[]): Scope[] => shares.flatMap(({ kept }) => kept ?? []);
