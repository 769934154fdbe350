import { type LogTail, type TailEntry } from '@personr/audit';
import { type EndHold } from '@personr/instruction';
import { type EntryId, type InstructionId, isDomainError, type Json, type TenantId } from '@personr/kernel';
import { HOLD_END_REASONS, type HoldEndReason, type HoldId } from '@personr/subjects';
import { type Tenancy, type TenantTx } from '@personr/tenancy';
import { takeBack } from './replay.repository.js';

/** An entry that a receipt rests on, as the room that issues receipts takes it. */
export type LoggedEnd = {
  readonly entryId: EntryId;
  readonly instructionId: InstructionId;
  readonly at: Date;
  readonly transitions: readonly string[];
  readonly opening: NonNullable<TailEntry['opening']>;
};

/** Brings instructions to the ends that the log has of them, each named once. Returns how many were news. */
export type ReplayEndings = (tx: TenantTx, endings: readonly LoggedEnd[]) => Promise<number>;

/** What the end of a log is replayed with. */
export type TailParts = {
  readonly tenancy: Tenancy;
  readonly tail: LogTail;
  readonly endHold: EndHold;
  readonly replayEndings: ReplayEndings;
};

const AT_ONCE = 500;

type Taken = Parameters<typeof takeBack>[1][number];

/** Reads the log from `from` on and does again what its entries say was done: ends of instructions, of holds, of credentials, of endpoints. */
export async function replayTail(
  { tenancy, tail, endHold, replayEndings }: TailParts,
  tenantId: TenantId,
  from: number,
): Promise<{ entries: number; endings: number; takenBack: number }> {
  const counts = { entries: 0, endings: 0, takenBack: 0 };
  let endings = new Map<InstructionId, LoggedEnd>();
  let taken: Taken[] = [];
  const flush = async () => {
    const [ended, back] = [[...endings.values()], taken];
    endings = new Map<InstructionId, LoggedEnd>();
    taken = [];
    if (ended.length + back.length === 0) return;
    await tenancy.forTenant(tenantId, async (tx) => {
      counts.endings += await replayEndings(tx, ended);
      counts.takenBack += await takeBack(tx, back);
    });
  };
  for await (const entry of tail.read(tenantId, from)) {
    counts.entries += 1;
    const end = endingOf(entry);
    if (end !== null) {
      if (endings.has(end.instructionId) || endings.size === AT_ONCE) await flush();
      endings.set(end.instructionId, end);
    }
    taken.push(...takenBy(entry));
    const hold = holdEndedBy(entry);
    if (hold === null) continue;
    await flush();
    await endAgain(endHold, tenantId, hold);
  }
  await flush();
  return counts;
}

function endingOf({ id, event, instructionId, entry, opening }: TailEntry): LoggedEnd | null {
  if (opening === null || instructionId === null) return null;
  if (event !== 'instruction.closed' && event !== 'receipt.completed') return null;
  const { transitions = [] } = detailOf(entry) as { transitions?: string[] };
  return { entryId: id, instructionId, at: new Date(textOf(entry.at)), transitions, opening };
}

function takenBy({ event, entry }: TailEntry): Taken[] {
  const { clientId, secretId, endpointId, consentId, withdrawnAt } = detailOf(entry);
  const at = textOf(entry.at);
  if (event === 'api-client.revoked') return [{ what: 'client', id: textOf(clientId), at }];
  if (event === 'api-client.secret-removed') return [{ what: 'secret', id: textOf(secretId), at }];
  if (event === 'endpoint.revoked') return [{ what: 'endpoint', id: textOf(endpointId), at }];
  if (event === 'consent.withdrawn')
    return [{ what: 'consent', id: textOf(consentId), at: textOf(withdrawnAt) }];
  return [];
}

type EndedHold = { readonly id: HoldId; readonly reason: HoldEndReason };

function holdEndedBy({ event, entry }: TailEntry): EndedHold | null {
  // One whose time came ends by itself, as soon as the service is open.
  if (event !== 'hold.released') return null;
  const reason = HOLD_END_REASONS.find((known) => known === entry.reasonCode) ?? 'GROUND_ENDED';
  return { id: textOf(detailOf(entry).holdId) as HoldId, reason };
}

/** A hold that this database still has is ended as it was ended before, and what waited for that goes on. */
async function endAgain(endHold: EndHold, tenantId: TenantId, { id, reason }: EndedHold): Promise<void> {
  try {
    await endHold.release({ tenantId, actor: { kind: 'SYSTEM' } }, { id, reason });
  } catch (error) {
    if (!isDomainError(error, 'HOLD_NOT_FOUND') && !isDomainError(error, 'HOLD_ENDED')) throw error;
  }
}

const detailOf = (entry: TailEntry['entry']): Readonly<Record<string, Json>> =>
  (entry.detail ?? {}) as Readonly<Record<string, Json>>;

const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value : '');
