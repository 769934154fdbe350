import { type Deadline } from '@personr/law';
import { type TenantTx } from '@personr/tenancy';
import { type Instruction, type NewInstruction, type Transition } from './instruction.js';

/** The sealed written order. */
export type SealedWriting = {
  readonly keyId: string;
  readonly sealed: Uint8Array<ArrayBuffer>;
  readonly commitment: string;
};

/** What is inserted when an instruction is accepted. */
export type InstructionInsert = Omit<
  Instruction,
  | 'finishedAt'
  | 'sealedAt'
  | 'unreadableAt'
  | 'erasedAt'
  | 'unguessableDueAt'
  | 'unguessableAt'
  | 'writingCommitment'
> & {
  readonly writing: SealedWriting;
  readonly verification: NewInstruction['verification'];
  readonly history: readonly Transition[];
  readonly deadlines: readonly Deadline[];
};

/** Writes instructions, the history of each so far and their clocks. */
export async function insertInstructions(tx: TenantTx, inserts: readonly InstructionInsert[]): Promise<void> {
  if (inserts.length === 0) return;
  await insertRows(tx, inserts);
  await insertHistories(tx, inserts);
  await insertDeadlines(tx, inserts);
}

async function insertRows(tx: TenantTx, rows: readonly InstructionInsert[]): Promise<void> {
  await tx.bulk`
    insert into instruction (tenant_id, id, type, basis, state, flags, subject_id, subject_ref, api_client_id,
      scope_elements, whole_tenant, urgent, consumer_request, verification, writing_key_id, sealed_writing, writing_commitment,
      policy_version, accepted_at, agreement_id, instructor_id, export_order)
    select ${tx.tenantId}::uuid, id, type, basis, state, flags::text[], subject_id, subject_ref, api_client_id,
           scope_elements::text[], whole_tenant, urgent, consumer_request::jsonb, verification::jsonb, key_id, sealed, commitment,
           policy_version, accepted_at, agreement_id, instructor_id, export_order::jsonb
      from unnest(${rows.map(({ id }) => id)}::uuid[], ${rows.map(({ type }) => type)}::text[],
                  ${rows.map(({ basis }) => basis)}::text[], ${rows.map(({ state }) => state)}::text[],
                  ${rows.map(({ flags }) => arrayOf(flags))}::text[],
                  ${rows.map(({ subjectId }) => subjectId)}::uuid[], ${rows.map(({ subjectRef }) => subjectRef)}::text[],
                  ${rows.map(({ apiClientId }) => apiClientId)}::uuid[],
                  ${rows.map(({ scopeElements }) => arrayOf(scopeElements))}::text[],
                  ${rows.map(({ wholeTenant = false }) => wholeTenant)}::boolean[],
                  ${rows.map(({ urgent }) => urgent)}::boolean[],
                  ${rows.map(({ consumerRequest }) => jsonOf(consumerRequest))}::text[],
                  ${rows.map(({ verification }) => jsonOf(verification))}::text[],
                  ${rows.map(({ writing }) => writing.keyId)}::uuid[], ${rows.map(({ writing }) => writing.sealed)}::bytea[],
                  ${rows.map(({ writing }) => writing.commitment)}::text[],
                  ${rows.map(({ policyVersion }) => policyVersion)}::text[],
                  ${rows.map(({ acceptedAt }) => acceptedAt.toISOString())}::timestamptz[],
                  ${rows.map(({ agreementId }) => agreementId)}::uuid[],
                  ${rows.map(({ instructorId }) => instructorId)}::uuid[],
                  ${rows.map(({ exportOrder = null }) => jsonOf(exportOrder))}::text[])
        as new (id, type, basis, state, flags, subject_id, subject_ref, api_client_id, scope_elements, whole_tenant, urgent,
                consumer_request, verification, key_id, sealed, commitment, policy_version, accepted_at, agreement_id,
                instructor_id, export_order)`;
}

async function insertHistories(tx: TenantTx, inserts: readonly InstructionInsert[]): Promise<void> {
  const moves = inserts.flatMap(({ id, history }) =>
    history.map((move, position) => ({ id, position, ...move })),
  );
  await tx.bulk`
    insert into instruction_transition (tenant_id, instruction_id, position, from_state, to_state, event, at)
    select ${tx.tenantId}::uuid, new.*
      from unnest(${moves.map(({ id }) => id)}::uuid[], ${moves.map(({ position }) => position)}::int[],
                  ${moves.map(({ from }) => from)}::text[], ${moves.map(({ to }) => to)}::text[],
                  ${moves.map(({ event }) => event)}::text[],
                  ${moves.map(({ at }) => at.toISOString())}::timestamptz[]) as new`;
}

async function insertDeadlines(tx: TenantTx, inserts: readonly InstructionInsert[]): Promise<void> {
  const clocks = inserts.flatMap(({ id, deadlines }) => deadlines.map((deadline) => ({ id, ...deadline })));
  await tx.bulk`
    insert into instruction_deadline (tenant_id, instruction_id, code, due_on, due_at, late_from, rule, zone,
      calendar_version)
    select ${tx.tenantId}::uuid, new.*
      from unnest(${clocks.map(({ id }) => id)}::uuid[], ${clocks.map(({ code }) => code)}::text[],
                  ${clocks.map(({ dueOn }) => dueOn)}::text[],
                  ${clocks.map(({ dueAt }) => dueAt.toISOString())}::timestamptz[],
                  ${clocks.map(({ lateFrom }) => lateFrom.toISOString())}::timestamptz[],
                  ${clocks.map(({ rule }) => rule)}::text[], ${clocks.map(({ zone }) => zone)}::text[],
                  ${clocks.map(({ calendarVersion }) => calendarVersion)}::text[]) as new`;
}

const jsonOf = (value: object | null): string | null => (value === null ? null : JSON.stringify(value));

/** Names of flags and elements need no quotes. */
const arrayOf = (codes: readonly string[]): string => `{${codes.join()}}`;
