import { DomainError, type InstructionId, type KeyId, type SubjectId } from '@personr/kernel';
import { arrayLiteral } from './growth.repository.js';
import { type KeyStoreTx } from './key-store.database.js';
import { type Intent, type LedgerLine, type Shredding } from './vault.erasure.js';

/** Writes a line for each intent, or adds keys to the one that is there. */
export async function writeIntents(tx: KeyStoreTx, intents: readonly Intent[], at: Date): Promise<void> {
  await tx.query(
    `insert into erasure_ledger as line
       (tenant_id, instruction_id, scope, subject_id, elements, key_ids, intended_at)
     select $1, new.instruction_id, case when new.subject_id is null then 'TENANT' else 'SUBJECT' end, new.subject_id,
            new.elements::text[], new.key_ids::uuid[], $6
     from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[]) as new (instruction_id, subject_id, elements, key_ids)
     on conflict (tenant_id, instruction_id) do update
     set key_ids = line.key_ids || array(select unnest(excluded.key_ids) except select unnest(line.key_ids))
     where not line.key_ids @> excluded.key_ids`,
    intents.map(({ instructionId }) => instructionId),
    intents.map(({ subjectId }) => subjectId),
    intents.map(({ elements }) => arrayLiteral(elements)),
    intents.map(({ keyIds }) => arrayLiteral(keyIds)),
    at,
  );
}

/** What an instruction shredded: `keyIds` are those that there were. */
export type Shredded = { readonly instructionId: InstructionId; readonly keyIds: readonly KeyId[] };

/**
 * Notes on each instruction's line, made where missing, that its keys are shredded. A line that gains a key is
 * unsealed again; otherwise it stays as it was. Its parameters, from `$2` on, are `shreddedColumns`.
 */
export const NOTE_SHREDDED = `
  insert into erasure_ledger as line
    (tenant_id, instruction_id, scope, elements, key_ids, keys_shredded, intended_at, shredded_at)
  select $1, new.instruction_id, 'SUBJECT', '{}', new.key_ids::uuid[], cardinality(new.key_ids::uuid[]), $4, $4
  from unnest($2::uuid[], $3::text[]) as new (instruction_id, key_ids)
  on conflict (tenant_id, instruction_id) do update
  set key_ids = line.key_ids || array(select unnest(excluded.key_ids) except select unnest(line.key_ids)),
      keys_shredded = line.keys_shredded + excluded.keys_shredded,
      shredded_at = excluded.shredded_at, sealed_at = null, unguessable_at = null
  where cardinality(excluded.key_ids) > 0 or line.shredded_at is null`;

/** Instructions, the keys of each that were shredded, and when. */
export const shreddedColumns = (shredded: readonly Shredded[], at: Date): unknown[] => [
  shredded.map(({ instructionId }) => instructionId),
  shredded.map(({ keyIds }) => arrayLiteral(keyIds)),
  at,
];

/** Notes that a whole tree was given up by this instruction. */
export async function writeLeft(tx: KeyStoreTx, instructionId: InstructionId, at: Date): Promise<void> {
  await tx.query(
    `insert into erasure_ledger as line
       (tenant_id, instruction_id, scope, elements, key_ids, intended_at, shredded_at)
     values ($1, $2, 'TENANT', '{}', '{}', $3, $3)
     on conflict (tenant_id, instruction_id) do update
     set shredded_at = coalesce(line.shredded_at, excluded.shredded_at)`,
    instructionId,
    at,
  );
}

/** What the ledger says of instructions. Throws `ERASURE_INCOMPLETE` unless each has a sealed line. */
export async function readShreddings(
  tx: KeyStoreTx,
  instructionIds: readonly InstructionId[],
): Promise<Map<InstructionId, Shredding>> {
  const rows = await tx.query(
    `select instruction_id, sealed_at, unguessable_at, keys_shredded, roots_destroyed from erasure_ledger
     where tenant_id = $1 and instruction_id = any($2::uuid[]) and sealed_at is not null`,
    instructionIds,
  );
  const found = new Map(rows.map((row) => [row.instruction_id as InstructionId, toShredding(row)]));
  if (found.size < new Set(instructionIds).size) {
    throw new DomainError('ERASURE_INCOMPLETE', 'The ledger has no sealed line for an instruction.');
  }
  return found;
}

/** The lines after an instruction's, in the order of ids. */
export async function linesAfter(
  tx: KeyStoreTx,
  after: InstructionId | null,
  count: number,
): Promise<LedgerLine[]> {
  const rows = await tx.query(
    `select * from erasure_ledger where tenant_id = $1 and ($2::uuid is null or instruction_id > $2)
     order by instruction_id limit $3`,
    after,
    count,
  );
  return rows.map((row) => ({
    instructionId: row.instruction_id as InstructionId,
    scope: row.scope as LedgerLine['scope'],
    subjectId: row.subject_id as SubjectId | null,
    elements: row.elements as string[],
    keyIds: row.key_ids as KeyId[],
    intendedAt: row.intended_at as Date,
    shreddedAt: row.shredded_at as Date | null,
    sealedAt: row.sealed_at as Date | null,
    unguessableAt: row.unguessable_at as Date | null,
  }));
}

/** Notes that nothing sealed before `sealedBefore` can be guessed any more. Returns how many lines that was news to. */
export async function markUnguessable(tx: KeyStoreTx, sealedBefore: Date, at: Date): Promise<number> {
  const rows = await tx.query(
    `update erasure_ledger set unguessable_at = $3
     where tenant_id = $1 and sealed_at < $2 and unguessable_at is null returning instruction_id`,
    sealedBefore,
    at,
  );
  return rows.length;
}

function toShredding(row: Record<string, unknown>): Shredding {
  const sealedAt = row.sealed_at as Date;
  return {
    sealedAt,
    unreadableAt: sealedAt,
    unguessableAt: row.unguessable_at as Date | null,
    keysShredded: row.keys_shredded as number,
    rootsDestroyed: row.roots_destroyed as number,
  };
}
