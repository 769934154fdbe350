import { DomainError, type EntryId, type InstructionId, type Json, type TenantId } from '@personr/kernel';
import { receiptCommitment } from '@personr/proof';
import { type Tenancy } from '@personr/tenancy';
import { type Opening } from './batch.js';
import { readHead } from './log.repository.js';
import { type KeptEntry, LogEvidence } from './log-evidence.js';
import { type Outside } from './outside.js';

/** An entry of the log as the evidence store has it, and what its commitment was made of, where that was kept. */
export type TailEntry = {
  readonly position: number;
  readonly id: EntryId;
  readonly event: string;
  readonly instructionId: InstructionId | null;
  /** The whole entry, read. */
  readonly entry: Readonly<Record<string, Json>>;
  readonly opening: Opening | null;
};

/** Reads the end of a log from the evidence store, for whoever makes good what a data database has lost. */
export class LogTail {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly outside: Outside,
  ) {}

  /**
   * The entries from `from` up to what was recorded as signed last, in their order, read as they are asked for; before or
   * after the import, any number of times. Throws `EVIDENCE_MISSING` when the store lacks one, and `PROOF_INVALID` for an
   * opening that is not what its entry commits to. That the entries are those of the log, the import proves, not this.
   */
  async *read(tenantId: TenantId, from: number): AsyncIterable<TailEntry> {
    const head = await this.tenancy.forTenant(tenantId, readHead);
    if (head === null) return;
    const recorded = await this.outside.heads.read(tenantId, head.origin);
    if (recorded === null || recorded.size <= from) return;
    const evidence = new LogEvidence(this.outside.evidence, head.origin);
    await evidence.settle(recorded);
    for await (const kept of evidence.entries(from, recorded.size)) yield toTailEntry(kept);
  }
}

type Members = Readonly<Record<string, Json>> & {
  readonly id: EntryId;
  readonly event: string;
  readonly instructionId?: InstructionId;
};

function toTailEntry({ position, entry: bytes, opening }: KeptEntry): TailEntry {
  const entry = JSON.parse(Buffer.from(bytes).toString()) as Members;
  if (opening !== null && commitmentOf(opening) !== entry.commitment) {
    throw new DomainError('PROOF_INVALID', 'An opening is not what the entry at its place commits to.');
  }
  const { id, event, instructionId = null } = entry;
  return { position, id, event, instructionId, entry, opening };
}

const commitmentOf = ({ salt, body }: Opening): string => receiptCommitment(salt, JSON.parse(body) as Json);
