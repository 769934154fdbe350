import { type Clock, isDomainError } from '@personr/kernel';
import {
  type AddCheckpoint,
  type Checkpoint,
  cosignatureLine,
  type Cosigner,
  EMPTY_ROOT,
  type NoteVerifier,
  openCheckpoint,
  parseAddCheckpoint,
  parseCheckpoint,
  readNote,
  SIZE_TYPE,
  verifyConsistency,
} from '@personr/proof';
import { type WitnessState } from './witness-state.js';

/** What a witness answers over HTTP. */
export type WitnessAnswer = { readonly status: number; readonly body: string; readonly type?: string };

const refusal = (status: number, sentence: string): WitnessAnswer => ({ status, body: `${sentence}\n` });

/**
 * A witness: cosigns a head of a log it knows, when that log only grew since the head it cosigned last. The statuses are those of
 * C2SP tlog-witness, "add-checkpoint", in its order.
 */
export class LogWitness {
  constructor(
    private readonly cosigner: Cosigner,
    private readonly keys: readonly NoteVerifier[],
    private readonly state: WitnessState,
    private readonly clock: Clock,
  ) {}

  /** Answers a request body. What it cosigns is recorded durably before. Throws when its state cannot be read or written. */
  addCheckpoint(body: string): WitnessAnswer {
    const asked = attempt(() => parseAddCheckpoint(body));
    const claimed = asked === null ? null : attempt(() => parseCheckpoint(textOf(asked.checkpoint)));
    if (asked === null || claimed === null)
      return refusal(400, 'That is not an old size, a path and a checkpoint.');
    const keys = this.keys.filter((key) => speaksFor(key, claimed.origin));
    if (keys.length === 0) return refusal(404, 'That log is not known here.');
    const head = attempt(() => openCheckpoint(asked.checkpoint, keys));
    if (head === null) return refusal(403, 'No key that is trusted for this log signed this.');
    if (asked.oldSize > head.size) return refusal(400, 'The old size is above the size.');
    return this.advance(asked, head);
  }

  private advance(asked: AddCheckpoint, head: Checkpoint): WitnessAnswer {
    const last = this.state.last(head.origin);
    const known = last ?? { size: 0, root: EMPTY_ROOT };
    const refused = whyNot(asked, known, head);
    if (refused !== null) return refused;
    const isNew = last?.size !== head.size;
    if (isNew && !this.state.swap(head.origin, last, head)) {
      return standsAt(this.state.last(head.origin)?.size ?? 0);
    }
    const at = Math.floor(this.clock.now().getTime() / 1000);
    return { status: 200, body: cosignatureLine(textOf(asked.checkpoint), this.cosigner, at) };
  }
}

function whyNot(
  { oldSize, path }: AddCheckpoint,
  known: { readonly size: number; readonly root: Uint8Array },
  { size, root }: Checkpoint,
): WitnessAnswer | null {
  if (oldSize !== known.size) return standsAt(known.size);
  if (oldSize === size && Buffer.compare(known.root, root) !== 0) {
    return refusal(409, 'Another root was cosigned for this size.');
  }
  const isGrown = attempt(() => {
    verifyConsistency({ oldSize, newSize: size, path }, known.root, root);
    return true;
  });
  return isGrown === null ? refusal(422, 'The path does not show that the log only grew.') : null;
}

const textOf = (note: string): string => readNote(note).text;

/** Where the log stands by this witness. */
const standsAt = (size: number): WitnessAnswer => ({ status: 409, body: `${size}\n`, type: SIZE_TYPE });

const speaksFor = ({ name }: NoteVerifier, origin: string): boolean =>
  origin === name || origin.startsWith(`${name}/`);

/** What `act` returns, or null when it refused. */
function attempt<T>(act: () => T): T | null {
  try {
    return act();
  } catch (error) {
    if (isDomainError(error)) return null;
    throw error;
  }
}
