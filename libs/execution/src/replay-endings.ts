import { type Opening } from '@personr/audit';
import {
  insertReceipts,
  LATER_DATA_KEPT,
  raiseFlag,
  isFinal,
  type InstructionState,
  toBeSent,
  type Transfer,
  UNKNOWN_PARCEL,
  writeStep,
  writeTransfer,
} from '@personr/instruction';
import { type EntryId, type InstructionId } from '@personr/kernel';
import { type TenantTx } from '@personr/tenancy';
import { ERASURE_STEPS, type HeldBack, type Outcomes, type StepName } from './execution.js';
import { type IssuedBody } from './receipt-body.js';
import { finishSteps } from './step.repository.js';

/** An entry of the log that a receipt rests on, and what it commits to. */
export type LoggedEnding = {
  readonly entryId: EntryId;
  readonly instructionId: InstructionId;
  readonly at: Date;
  /** Through which states the instruction went with it. */
  readonly transitions: readonly string[];
  readonly opening: Opening;
};

type Ending = LoggedEnding & {
  readonly body: IssuedBody;
  readonly state: InstructionState;
  readonly first: number;
};

/**
 * Brings instructions to the end that the log says they came to, with their receipts and what each step came to, in a data
 * database that is older than that. Each instruction is named once. Returns how many were news; those that are known, and
 * those of instructions that are not, are left alone.
 */
export async function replayEndings(tx: TenantTx, logged: readonly LoggedEnding[]): Promise<number> {
  const endings = await newsOf(tx, logged);
  if (endings.length === 0) return 0;
  await insertReceipts(
    tx,
    endings.map(({ instructionId, entryId, opening: { salt, body }, at }) => ({
      instructionId,
      entryId,
      salt,
      body,
      issuedAt: at,
    })),
  );
  await writeStates(tx, endings);
  await writeHistory(tx, endings);
  await endWork(tx, endings);
  for (const name of ERASURE_STEPS) {
    const ended = endings.filter(({ body }) => body.sealedAt !== null);
    const outcomes = ended.map(({ instructionId: id, body }) => ({ id, outcome: outcomesOf(body)[name] }));
    const amounts = outcomes.map((step) => ({ ...step, done: 1, total: 1 }));
    await finishSteps(tx, name, { ended: amounts, at: endings[0]?.at ?? new Date(0) });
  }
  for (const ending of endings.filter(({ body }) => body.type === 'RETURN' && body.sealedAt !== null))
    await writeReturned(tx, ending);
  return endings.length;
}

/** What was returned, as the receipt says it, for later editions. */
async function writeReturned(tx: TenantTx, { instructionId: id, body, at }: Ending): Promise<void> {
  const told = (body.package ?? {}) as Partial<Transfer>;
  if (body.package?.hasLater === true) await raiseFlag(tx, [id], LATER_DATA_KEPT);
  const snapshot = { takenAt: told.sentAt ?? body.acceptedAt, keyIds: [], consents: null };
  await writeStep(tx, { id, name: 'SNAPSHOT', at }, { outcome: snapshot, doneAt: at, done: 1, total: 1 });
  await writeTransfer(tx, { id, at }, { ...toBeSent(UNKNOWN_PARCEL), ...told });
}

async function newsOf(tx: TenantTx, logged: readonly LoggedEnding[]): Promise<Ending[]> {
  const rows = await tx.bulk`
    select i.id, i.state,
           (select count(*) from instruction_transition t
             where t.tenant_id = ${tx.tenantId} and t.instruction_id = i.id)::int as first
      from unnest(${logged.map(({ instructionId }) => instructionId)}::uuid[],
                  ${logged.map(({ entryId }) => entryId)}::uuid[]) as l (id, entry_id)
      join instruction i on i.tenant_id = ${tx.tenantId} and i.id = l.id
     where not exists (select from receipt r
                        where r.tenant_id = ${tx.tenantId} and r.instruction_id = l.id and r.entry_id = l.entry_id)
     order by i.id for update of i`;
  const known = new Map(rows.map((row) => [row.id as InstructionId, row]));
  return logged.flatMap((ending) => {
    const row = known.get(ending.instructionId);
    if (row === undefined) return [];
    const body = JSON.parse(ending.opening.body) as IssuedBody;
    return [{ ...ending, body, state: row.state as InstructionState, first: row.first as number }];
  });
}

const DAY_MILLISECONDS = 24 * 3_600_000;

/** Until when an identity of it is kept, hashed: the receipt names the later of that and a day. */
function suppressedUntil({ sealedAt, unguessableDueAt }: IssuedBody): string | null {
  if (sealedAt === null || unguessableDueAt === null) return null;
  return Date.parse(unguessableDueAt) > Date.parse(sealedAt) + DAY_MILLISECONDS ? unguessableDueAt : null;
}

async function writeStates(tx: TenantTx, endings: readonly Ending[]): Promise<void> {
  const of = (
    name: 'finishedAt' | 'sealedAt' | 'unreadableAt' | 'erasedAt' | 'unguessableDueAt' | 'unguessableAt',
  ) => endings.map(({ body }) => body[name]);
  await tx.bulk`
    update instruction i
       set state = n.state, finished_at = n.finished_at, sealed_at = n.sealed_at, unreadable_at = n.unreadable_at,
           erased_at = n.erased_at, unguessable_due_at = n.due_at, unguessable_at = n.unguessable_at,
           suppressed_until = n.suppressed_until,
           index_renewed_at = case when n.unguessable_at is null then null else coalesce(i.index_renewed_at, n.unguessable_at) end
      from unnest(${endings.map(({ instructionId }) => instructionId)}::uuid[],
                  ${endings.map(({ body }) => body.outcome)}::text[], ${of('finishedAt')}::timestamptz[],
                  ${of('sealedAt')}::timestamptz[], ${of('unreadableAt')}::timestamptz[], ${of('erasedAt')}::timestamptz[],
                  ${of('unguessableDueAt')}::timestamptz[], ${of('unguessableAt')}::timestamptz[],
                  ${endings.map(({ body }) => suppressedUntil(body))}::timestamptz[])
        as n (id, state, finished_at, sealed_at, unreadable_at, erased_at, due_at, unguessable_at, suppressed_until)
     where i.tenant_id = ${tx.tenantId} and i.id = n.id`;
}

/** The log says where the instruction went with its end; the way there, as far as it was lost, it says by its own entries. */
async function writeHistory(tx: TenantTx, endings: readonly Ending[]): Promise<void> {
  const moves = endings.flatMap(({ instructionId, transitions, state, first, at }) =>
    isFinal(state) && transitions.at(-1) === state
      ? []
      : transitions.map((to, offset) => ({
          id: instructionId,
          position: first + offset,
          from: transitions[offset - 1] ?? state,
          to,
          at: at.toISOString(),
        })),
  );
  if (moves.length === 0) return;
  await tx.bulk`
    insert into instruction_transition (tenant_id, instruction_id, position, from_state, to_state, event, at)
    select ${tx.tenantId}::uuid, new.id, new.position, new.from_state, new.to_state, 'restore.replayed', new.at
      from unnest(${moves.map(({ id }) => id)}::uuid[], ${moves.map(({ position }) => position)}::int[],
                  ${moves.map(({ from }) => from)}::text[], ${moves.map(({ to }) => to)}::text[],
                  ${moves.map(({ at }) => at)}::timestamptz[]) as new (id, position, from_state, to_state, at)`;
}

async function endWork(tx: TenantTx, endings: readonly Ending[]): Promise<void> {
  const ids = endings.map(({ instructionId }) => instructionId);
  const times = endings.map(({ body }) => body.finishedAt);
  await tx.bulk`
    update work set done_at = n.at, leased_until = null, last_code = null
      from unnest(${ids}::uuid[], ${times}::timestamptz[]) as n (id, at)
     where work.tenant_id = ${tx.tenantId} and work.kind = 'EXECUTE_INSTRUCTION' and work.reference_id = n.id
       and work.done_at is null`;
  await tx.bulk`
    update instruction_deadline d set met_at = n.at
      from unnest(${ids}::uuid[], ${times}::timestamptz[]) as n (id, at)
     where d.tenant_id = ${tx.tenantId} and d.instruction_id = n.id and d.met_at is null`;
}

/** What each step came to, as the receipt says it. */
function outcomesOf(body: IssuedBody): { readonly [Name in StepName]: Outcomes[Name] } {
  const heldBack = body.exceptions.map(toHeldBack);
  const { sealedAt, unreadableAt, erasedAt, unguessableDueAt, keys, stores } = body;
  if (sealedAt === null || unreadableAt === null || erasedAt === null)
    throw new Error('an erasure that was closed has its instants');
  return {
    MARK_ERASING: {
      found: body.answer.nature !== 'ERASED_BY_AN_EARLIER_INSTRUCTION',
      heldSince: null,
      heldBack,
      hasLater: body.package?.hasLater === true,
    },
    INTEND: { keys: keys.shredded, heldBack },
    SHRED_KEYS: {
      sealedAt,
      unreadableAt,
      unguessableDueAt: unguessableDueAt ?? sealedAt,
      suppressedUntil: suppressedUntil(body),
      shredded: keys.shredded,
      rootsDestroyed: keys.rootsDestroyed,
    },
    ERASE_STORES: { stores: stores.map(({ store, erased }) => ({ store, erased })) },
    SWEEP: { erasedAt, stores: stores.map(({ store }) => ({ store, remaining: 0 as const })) },
    PROVE_BACKUPS: { sets: body.backups as Outcomes['PROVE_BACKUPS']['sets'] },
    CONFIRM_SUBPROCESSORS: { told: body.subprocessors as Outcomes['CONFIRM_SUBPROCESSORS']['told'] },
    CLOSE: { outcome: body.outcome },
  };
}

const toHeldBack = (kept: IssuedBody['exceptions'][number]): HeldBack => ({
  holdId: String(kept.holdId),
  ground: String(kept.ground),
  elements: (kept.elements === 'ALL' ? [] : String(kept.elements).split(' ')) as HeldBack['elements'],
  endsAt: kept.endsAt === null ? null : String(kept.endsAt),
});
