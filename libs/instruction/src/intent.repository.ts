import { type InstructionId } from '@personr/kernel';
import { type TenantTx } from '@personr/tenancy';
import { markLeaving } from '@personr/terms';
import { type MirroredIntent } from '@personr/vault';
import { type InstructionState, isFinal } from './instruction-state.js';

/** The rows of an instruction as PostgreSQL spells them in JSON. Columns that are not named here come along. */
type IntentRecord = {
  readonly instruction: Readonly<Record<string, unknown>> & { readonly state: InstructionState };
  readonly transitions: readonly (Readonly<Record<string, unknown>> & {
    readonly to_state: InstructionState;
  })[];
  readonly deadlines: readonly object[];
};

/** Where an instruction goes on from that was under way: what happened to it afterwards is done again, or in the log. */
const BEGUN: readonly InstructionState[] = ['ERASING', 'ON_HOLD', 'QUEUED', 'PACKAGING'];
/** What a row means that was remembered before its column came: as the column's default in the database. */
const DEFAULTS = JSON.stringify({ urgent: false, whole_tenant: false });
const OF_EXECUTION = {
  finished_at: null,
  sealed_at: null,
  unreadable_at: null,
  erased_at: null,
  unguessable_due_at: null,
  unguessable_at: null,
  index_renewed_at: null,
  suppressed_until: null,
};

/** How many of the remembered instructions were known, and those of the others that are to be carried out. */
export type ReplayedIntents = {
  readonly known: number;
  readonly open: readonly { readonly id: InstructionId; readonly acceptedAt: Date }[];
};

/** The rows of these instructions, to be kept where no restore of this database reaches. */
export async function readIntents(tx: TenantTx, ids: readonly InstructionId[]): Promise<MirroredIntent[]> {
  const rows = await tx.bulk`
    select i.id, jsonb_build_object(
             'instruction', to_jsonb(i),
             'transitions', (select coalesce(jsonb_agg(to_jsonb(t) order by t.position), '[]') from instruction_transition t
                              where t.tenant_id = ${tx.tenantId} and t.instruction_id = i.id),
             'deadlines', (select coalesce(jsonb_agg(to_jsonb(d)), '[]') from instruction_deadline d
                            where d.tenant_id = ${tx.tenantId} and d.instruction_id = i.id)) as record
      from instruction i where i.tenant_id = ${tx.tenantId} and i.id = any(${ids}::uuid[]) order by i.id`;
  return rows.map(({ id, record }) => ({ id: id as InstructionId, record: record as object }));
}

/**
 * Writes down those of the remembered instructions that this database does not know, as they were accepted. Of an agreement
 * or instructor that it does not know either the name is left out. A tenant of whom everything was to be erased leaves. Returns how many it knew, and those of the others that are to be carried out.
 */
export async function replayIntents(
  tx: TenantTx,
  intents: readonly MirroredIntent[],
): Promise<ReplayedIntents> {
  const records = intents.map(({ record }) => asAccepted(record as IntentRecord));
  const rows = await tx.bulk`
    insert into instruction
    select r.* from unnest(${records.map((record) => JSON.stringify(record.instruction))}::jsonb[]) as doc
     cross join lateral jsonb_populate_record(null::instruction, ${DEFAULTS}::jsonb || doc || jsonb_build_object(
       'agreement_id', (select a.id from agreement a
                         where a.tenant_id = ${tx.tenantId} and a.id = (doc ->> 'agreement_id')::uuid),
       'instructor_id', (select n.id from instructor n
                          where n.tenant_id = ${tx.tenantId} and n.id = (doc ->> 'instructor_id')::uuid))) as r
    on conflict do nothing returning id, state, accepted_at`;
  const written = new Set(rows.map(({ id }) => id as string));
  const fresh = records.filter(({ instruction }) => written.has(instruction.id as string));
  const transitions = fresh.flatMap((record) => record.transitions).map((row) => JSON.stringify(row));
  const deadlines = fresh.flatMap((record) => record.deadlines).map((row) => JSON.stringify(row));
  await tx.bulk`
    insert into instruction_transition
    select r.* from unnest(${transitions}::jsonb[]) as doc
     cross join lateral jsonb_populate_record(null::instruction_transition, doc) as r on conflict do nothing`;
  await tx.bulk`
    insert into instruction_deadline
    select r.* from unnest(${deadlines}::jsonb[]) as doc
     cross join lateral jsonb_populate_record(null::instruction_deadline, doc) as r on conflict do nothing`;
  // Whoever was told that everything is erased is told so again, whatever this database says.
  const leaving = records.find(({ instruction }) => instruction.whole_tenant === true);
  if (leaving !== undefined) await markLeaving(tx, leaving.instruction.id as InstructionId);
  const open = rows.filter(({ state }) => !isFinal(state as InstructionState));
  return {
    known: intents.length - rows.length,
    open: open.map((row) => ({ id: row.id as InstructionId, acceptedAt: row.accepted_at as Date })),
  };
}

function asAccepted({ instruction, transitions, deadlines }: IntentRecord): IntentRecord {
  const begun = transitions.findIndex(({ to_state: state }) => BEGUN.includes(state));
  if (begun < 1 || isFinal(instruction.state)) return { instruction, transitions, deadlines };
  const before = transitions.slice(0, begun);
  const state = before.at(-1)?.to_state ?? instruction.state;
  return { instruction: { ...instruction, ...OF_EXECUTION, state }, transitions: before, deadlines };
}
