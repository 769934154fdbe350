import { type Clock, DomainError, type InstructionId, type TenantId } from '@personr/kernel';
import { recordPurgeableFrom } from '@personr/law';
import { TILE_WIDTH } from '@personr/proof';
import { type Tenancy, type TenantTx } from '@personr/tenancy';
import { LogEvidence } from './log-evidence.js';
import { lastEntriesOf, type LogHead, readEntries, readHead } from './log.repository.js';
import { type Outside } from './outside.js';

/** For how many months from the answer a record is kept (24 at least, Reg. 7101(a)), by the calendar of which time zone. */
export type Retention = { readonly months: number; readonly zone: string };

const LEAST_MONTHS = 24;
/** What answers an instruction: before it, its record has no term. */
const ANSWERS = new Set(['instruction.closed', 'instruction.refused']);

type Members = { readonly at: string; readonly event: string; readonly instructionId?: InstructionId };

/**
 * Lets entries go at the end of their retention, from the first one on, in whole bundles: in the data database and,
 * with what their commitments were made of, in the evidence store. Hash tiles stay, so that later entries are proved as
 * before.
 */
export class PruneLog {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly clock: Clock,
    private readonly outside: Outside,
  ) {}

  /**
   * Prunes entries before the place `before`, or, when it is null, all that may go. An entry may go when its day and that of
   * the last entry about its instruction lie beyond the retention, and the instruction was answered. Returns the place of
   * the first entry that is left. Throws `RECORD_RETENTION` when one before `before` must stay, and for fewer than 24
   * months: nothing goes then. Again after a crash, it ends what was begun.
   */
  async run(tenantId: TenantId, before: number | null, retention: Retention): Promise<number> {
    if (retention.months < LEAST_MONTHS) throw retained();
    const found = await this.tenancy.forTenant(tenantId, async (tx) => {
      const head = await readHead(tx);
      return head === null ? null : { head, end: await this.endOfPast(tx, head, retention) };
    });
    if (found === null) return 0;
    const { head, end } = found;
    if (before !== null && before > Math.max(end, head.horizon)) throw retained();
    const upto = Math.max(head.horizon, wholeBundles(Math.min(end, before ?? end)));
    if (upto > head.horizon) {
      await this.tenancy.forRelay((tx) => tx.$queryRaw`select prune_log(${tenantId}::uuid, ${upto}::bigint)`);
    }
    await new LogEvidence(this.outside.evidence, head.origin).prune(upto);
    return upto;
  }

  /** The first place whose entry must stay. */
  private async endOfPast(tx: TenantTx, { horizon, size }: LogHead, retention: Retention): Promise<number> {
    for (let first = horizon; first < size; first += TILE_WIDTH) {
      const rows = await readEntries(tx, { from: first, to: Math.min(size, first + TILE_WIDTH) });
      const entries = [...rows]
        .sort(([one], [other]) => one - other)
        .map(([at, entry]) => [at, read(entry)] as const);
      const ids = entries.flatMap(([, { instructionId }]) =>
        instructionId === undefined ? [] : [instructionId],
      );
      const ends = await lastEntriesOf(tx, [...new Set(ids)], [...ANSWERS]);
      const stays = entries.find(([, entry]) => !this.isPast(entry, ends, retention));
      if (stays !== undefined) return stays[0];
    }
    return size;
  }

  private isPast(
    { at, instructionId }: Members,
    ends: ReadonlyMap<InstructionId, { readonly entry: Uint8Array; readonly isAnswered: boolean }>,
    { zone, months }: Retention,
  ): boolean {
    const isOver = (time: string) => recordPurgeableFrom(new Date(time), zone, months) <= this.clock.now();
    if (!isOver(at)) return false;
    if (instructionId === undefined) return true;
    const end = ends.get(instructionId);
    return end !== undefined && end.isAnswered && isOver(read(end.entry).at);
  }
}

const read = (entry: Uint8Array): Members => JSON.parse(Buffer.from(entry).toString()) as Members;

const wholeBundles = (position: number): number => Math.floor(position / TILE_WIDTH) * TILE_WIDTH;

const retained = (): DomainError =>
  new DomainError(
    'RECORD_RETENTION',
    'Records of requests are kept for at least 24 months from the answer; some of these are not that old.',
  );
