import { type Clock, isDomainError, type TenantId } from '@personr/kernel';
import { type RelayTx, type Tenancy } from '@personr/tenancy';
import { edgesAfter, forked, KnownHeads } from './known-heads.js';
import { type LogSigner } from './log-signer.js';
import { raiseAlarm } from './log-watch.js';
import { type Grown, NextBatch, type Standing } from './next-batch.js';
import { type Outside } from './outside.js';
import { signHead } from './publish-head.js';
import {
  commitPlacings,
  edgesOf,
  type HeadLock,
  headsOf,
  type OwnedHead,
  type Placing,
  waitingOf,
} from './sequence.repository.js';
import { type LogName } from './signed-heads.js';
import { StagedGroups } from './staged-groups.js';

/** How many entries of one log get their places at once, at most. */
export const SEQUENCED_AT_ONCE = 500;
/** How many of all logs of a run together, about. */
const TOGETHER = 5_000;
/** However many logs there are, each gets so many in its turn. */
const LEAST_EACH = 25;

/** What came of a log in a run: how many entries got places, whether more may wait, and what kept it from that. */
export type Sequenced = { readonly entries: number; readonly hasMore: boolean; readonly error: unknown };

export type SequencedLogs = ReadonlyMap<TenantId, Sequenced>;

/** Gives pending entries their places in tenants' logs and signs the new heads. */
export class Sequencer {
  private readonly staged: StagedGroups;
  private readonly known: KnownHeads;
  private readonly next: NextBatch;

  constructor(
    private readonly tenancy: Tenancy,
    private readonly clock: Clock,
    private readonly signer: LogSigner,
    private readonly outside: Outside,
  ) {
    this.staged = new StagedGroups(outside.evidence);
    this.known = new KnownHeads(signer);
    this.next = new NextBatch(this.staged, this.known, outside);
  }

  /**
   * Sequences pending entries of many logs, up to 500 of each, and says of each what came of it; of those that another
   * process holds, nothing. Each step is one for all of them, and durable before the next begins:
   *
   * 1. `stage`: the entries go to the evidence store, with the tree that they make. A crash leaves batches that nobody
   *    signed; other entries, or the same in another order, may still get these places.
   * 2. `heads.swapAll`: the key store records sizes and roots, of each log whose record is still the one before. **From
   *    here on this size has this tree and no other**, and all that it is made of lies outside the data database.
   * 3. The checkpoints are signed. 4. Entries, tiles and heads are committed, with contiguous indexes: readers see the
   *    checkpoints now. Later, `LayOutLogs` gives what was staged its places where anybody may read it.
   *
   * A crash after 2 leaves heads behind what was recorded: the next run takes the batches that were recorded and goes on
   * at 3. It does so only if all its entries still wait here. If one does not, this data database is older than the log, as
   * after a restore: `LOG_BEHIND`, until `ImportLog` has run. `LOG_FORKED` when head, tiles, the checkpoint last signed and
   * the record do not agree, or somebody else recorded a tree at 2: nothing is signed then. If it is so again at once, which
   * it is not for a process that was only late, the log has that alarm, under which it is so in every later run, until a
   * person has looked (`CheckLog`). `EVIDENCE_MISSING` when the evidence store is not the one that holds this log. What
   * keeps one log keeps no other: what fails for all is done for each alone. Never throws.
   */
  async runAll(tenants: readonly TenantId[], how: HeadLock = 'PASS'): Promise<SequencedLogs> {
    const outcomes = await this.attempt(tenants, how);
    for (const [tenantId, { error }] of outcomes) {
      if (isDomainError(error, 'LOG_FORKED')) outcomes.set(tenantId, await this.again(tenantId));
    }
    return outcomes;
  }

  /** The same for one log; another process that holds it is waited for. Returns how many entries got places, or throws. */
  async run(tenantId: TenantId): Promise<number> {
    const outcome = (await this.runAll([tenantId], 'WAIT')).get(tenantId);
    if (outcome?.error instanceof Error) throw outcome.error;
    return outcome?.entries ?? 0;
  }

  /**
   * Tenants with pending entries, those that wait longest first. It looks at one entry a tenant, however many wait: ids
   * begin with the time (RFC 9562, section 5.7).
   */
  async due(tx: RelayTx, limit: number): Promise<TenantId[]> {
    const rows = await tx.$queryRaw<{ tenant_id: TenantId }[]>`
      with recursive waiting as (
        (select tenant_id, id from audit_outbox order by tenant_id, id limit 1)
        union all
        select next.tenant_id, next.id from waiting cross join lateral (
          select tenant_id, id from audit_outbox where tenant_id > waiting.tenant_id order by tenant_id, id limit 1
        ) next
      )
      select tenant_id::text from waiting order by id limit ${limit}`;
    return rows.map((row) => row.tenant_id);
  }

  private async attempt(tenants: readonly TenantId[], how: HeadLock): Promise<Map<TenantId, Sequenced>> {
    try {
      return await this.together(tenants, how);
    } catch (error) {
      const outcomes = new Map<TenantId, Sequenced>();
      for (const tenantId of tenants) {
        const own = tenants.length > 1 ? await this.attempt([tenantId], how) : failed(tenantId, error);
        for (const [owner, outcome] of own) outcomes.set(owner, outcome);
      }
      return outcomes;
    }
  }

  private async again(tenantId: TenantId): Promise<Sequenced> {
    const outcome = (await this.attempt([tenantId], 'WAIT')).get(tenantId) ?? NOTHING;
    if (isDomainError(outcome.error, 'LOG_FORKED') || isDomainError(outcome.error, 'LOG_BEHIND')) {
      const at = this.clock.now();
      await this.tenancy.forTenant(tenantId, (tx) => raiseAlarm(tx, { alarm: 'LOG_FORKED', at }));
    }
    return outcome;
  }

  private async together(tenants: readonly TenantId[], how: HeadLock): Promise<Map<TenantId, Sequenced>> {
    const outcomes = new Map<TenantId, Sequenced>();
    const most = Math.min(SEQUENCED_AT_ONCE, Math.max(LEAST_EACH, Math.floor(TOGETHER / tenants.length)));
    const placings = await this.tenancy.forRelay(async (tx) => {
      const grown: Grown[] = [];
      for (const standing of await this.standings(tx, await headsOf(tx, tenants, how), most)) {
        try {
          const next = await this.next.after(tx, standing);
          if (next === null) outcomes.set(standing.head.tenantId, NOTHING);
          else grown.push(next);
        } catch (error) {
          outcomes.set(standing.head.tenantId, { ...NOTHING, error });
        }
      }
      const recorded = await this.record(grown, outcomes);
      const signed = recorded.map(({ head, batch, tiles, edges }) => ({
        batch,
        tiles,
        edges,
        signed: signHead(this.signer, { head, next: batch.head }),
      }));
      if (signed.length > 0) await commitPlacings(tx, signed, this.clock.now());
      return signed;
    });
    for (const placing of placings) this.note(placing, most, outcomes);
    return outcomes;
  }

  private async standings(tx: RelayTx, heads: readonly OwnedHead[], most: number): Promise<Standing[]> {
    const tenants = heads.map(({ tenantId }) => tenantId);
    if (tenants.length === 0) return [];
    const [waiting, edges] = [await waitingOf(tx, tenants, most), await edgesOf(tx, tenants)];
    const recorded = await this.outside.heads.readAll(heads);
    await this.staged.look();
    return heads.map((head, at) => ({
      head,
      edges: edges.get(head.tenantId) ?? [],
      waiting: waiting.get(head.tenantId) ?? [],
      recorded: recorded[at] ?? null,
    }));
  }

  /** Steps 1 and 2, of batches that were not recorded yet. Returns those that are now. */
  private async record(grown: readonly Grown[], outcomes: Map<TenantId, Sequenced>): Promise<Grown[]> {
    const fresh = grown.filter(({ isRecorded }) => !isRecorded);
    if (fresh.length > 0) await this.staged.stage(fresh.map(({ batch }) => batch));
    const changes = fresh.map(({ batch, recorded }) => ({
      ...nameOf(batch),
      before: recorded,
      next: batch.head,
    }));
    const won = fresh.length === 0 ? [] : await this.outside.heads.swapAll(changes);
    const lost = new Set(fresh.filter((_, at) => won[at] !== true));
    for (const { head } of lost) outcomes.set(head.tenantId, { ...NOTHING, error: forked() });
    return grown.filter((one) => !lost.has(one));
  }

  private note(
    { batch, tiles, edges, signed }: Placing & Pick<Standing, 'edges'>,
    most: number,
    outcomes: Map<TenantId, Sequenced>,
  ): void {
    const { origin, tenantId, entries } = batch;
    this.known.moved(origin, signed.checkpoint, edgesAfter(edges, tiles));
    outcomes.set(tenantId, { entries: entries.length, hasMore: entries.length >= most, error: null });
  }
}

const NOTHING: Sequenced = { entries: 0, hasMore: false, error: null };

const failed = (tenantId: TenantId, error: unknown): SequencedLogs =>
  new Map([[tenantId, { ...NOTHING, error }]]);

const nameOf = ({ tenantId, origin }: LogName): LogName => ({ tenantId, origin });
