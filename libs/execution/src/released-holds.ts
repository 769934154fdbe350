import { type SubjectId } from '@personr/kernel';
import { activeHolds, hasKeptEnded, lockSubjects } from '@personr/subjects';
import { type TenantTx } from '@personr/tenancy';
import { awaitIntake } from '@personr/terms';
import { heldBackOf, keptOf, type SteppedExecution } from './execution.js';

/**
 * Those of whom a hold has ended since it was decided what is held back: that part is not erased yet. Until the caller's
 * transaction has ended no hold of the others can, so whoever ends one then finds the instruction as the caller leaves it.
 */
export async function releasedSince(
  tx: TenantTx,
  members: readonly SteppedExecution[],
): Promise<SteppedExecution[]> {
  const ofSubjects = members.flatMap((member) => {
    const { subjectId } = member.instruction;
    return subjectId === null || heldBackOf(member).length === 0 ? [] : [{ member, subjectId }];
  });
  const active = await activeIds(
    tx,
    ofSubjects.map(({ subjectId }) => subjectId),
  );
  const released = ofSubjects
    .filter(({ member }) => heldBackOf(member).some(({ holdId }) => !active.has(holdId)))
    .map(({ member }) => member);
  for (const member of members.filter((one) => keptOf(one).length > 0)) {
    await awaitIntake(tx);
    if (await hasKeptEnded(tx, member.instruction.id)) released.push(member);
  }
  return released;
}

async function activeIds(tx: TenantTx, subjects: readonly SubjectId[]): Promise<ReadonlySet<string>> {
  if (subjects.length === 0) return new Set();
  await lockSubjects(tx, subjects);
  const holds = await activeHolds(tx, subjects);
  return new Set([...holds.values()].flat().map(({ id }) => id));
}
