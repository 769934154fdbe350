import { type EntryId, type InstructionId, type SubjectRef } from '@personr/kernel';
import { CHECKPOINT_LOGGED, isMetaEntry, metaEntryId } from './house.js';

/** The outcome of whatever simply happened. */
export const DONE = 'DONE';

/** The outcome of whatever somebody wanted and was not let. */
export const REFUSED = 'REFUSED';

/** What an entry is found by. */
export type EntryNames = {
  readonly id: EntryId;
  readonly event: string;
  readonly instructionId: InstructionId | null;
  readonly subjectRef: SubjectRef | null;
  /** The id of who acted, or what kind of actor it was, where there is no id. */
  readonly actor: string | null;
  /** How it came out: as the entry says (`COMPLETED`, ...), else `REFUSED` or `DONE`. */
  readonly outcome: string;
};

/** The members of an entry that names are made of. */
type Named = {
  readonly id: EntryId;
  readonly event: string;
  readonly instructionId?: InstructionId | null;
  readonly subjectRef?: SubjectRef | null;
  readonly actor?: { readonly kind: string; readonly id?: string };
  readonly detail?: { readonly outcome?: unknown } | null;
};

/** Reads what an entry is found by. */
export const namesIn = (entry: Uint8Array): EntryNames =>
  namesOf(
    isMetaEntry(entry)
      ? { id: metaEntryId(entry), event: CHECKPOINT_LOGGED }
      : (JSON.parse(Buffer.from(entry).toString()) as Named),
  );

/** What an entry that was read already is found by. */
export const namesOf = ({ id, event, instructionId, subjectRef, actor, detail }: Named): EntryNames => ({
  id,
  event,
  instructionId: instructionId ?? null,
  subjectRef: subjectRef ?? null,
  actor: actor?.id ?? actor?.kind ?? null,
  outcome: outcomeOf(event, detail?.outcome),
});

const REFUSALS = /\.(?:refused|denied|suppressed)$/;

function outcomeOf(event: string, said: unknown): string {
  if (typeof said === 'string') return said;
  return REFUSALS.test(event) ? REFUSED : DONE;
}
