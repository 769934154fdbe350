import { type AuditLog, type ImportLog } from '@personr/audit';
import { replayAcknowledgements, replayIntents } from '@personr/instruction';
import { type Clock, DomainError, type TenantId } from '@personr/kernel';
import { replayHolds, replayMarks, SUPPRESSION } from '@personr/subjects';
import { type Tide } from '@personr/tide';
import { type HoldMirror, type IntentMirror, type LedgerLine, type MarkMirror } from '@personr/vault';
import { enqueueWorks } from '@personr/work';
import { eraseAgain, type EraseAgainParts, quarantineRest } from './erase-again.js';
import { replayTail, type TailParts } from './replay-tail.js';
import { beginRun, endRun, type ReplayCounts } from './replay.repository.js';
import { type RestoreEvent } from './restore.events.js';

const LINES = 500;

/** What a replay is built on: the data database, the key store as it is now, and the evidence store. */
export type ReplayParts = EraseAgainParts &
  TailParts & {
    readonly tide: Tide;
    readonly importLog: ImportLog;
    readonly intents: IntentMirror;
    readonly marks: MarkMirror;
    readonly holds: HoldMirror;
    readonly audit: AuditLog;
    readonly clock: Clock;
  };

/** What a replay came to, tenant by tenant. */
export type Replayed = {
  readonly restoreId: string;
  readonly tenants: ReadonlyMap<TenantId, ReplayCounts>;
  /** Tenants of the key store of whom this database knows nothing: taken in since, they are lost with what it lacks. */
  readonly lost: readonly TenantId[];
};

/** Brings a data database of any age up to what the key store knows, and opens the service. */
export class Replay {
  constructor(private readonly parts: ReplayParts) {}

  /**
   * Closes the service if it is not, and for each tenant: reads the log back up to what was signed, proved by the recorded
   * root; writes down again instructions, ends with their receipts, suppressions and holds; removes whatever the erasure
   * ledger says is gone; sets apart what nobody can open and no erasure accounts for; leaves one entry `restore.performed`.
   * Then opens the service. Each part may be done again, so whatever dies, the next call comes to the same end. Null when
   * there is nothing to replay. Throws, before anything is changed, `KEY_STORE_STALE` when the key store is not the one that
   * goes with this data, and what `ImportLog.gap` throws.
   */
  async run(): Promise<Replayed | null> {
    const { tide } = this.parts;
    if (await tide.isOpen({ thoroughly: true })) return null;
    const { here, lost } = await this.assertOurs();
    const restoreId = await tide.close();
    const tenants = new Map<TenantId, ReplayCounts>();
    for (const tenantId of here) tenants.set(tenantId, await this.tenant(tenantId, restoreId));
    await tide.open(restoreId);
    return { restoreId, tenants, lost };
  }

  private async assertOurs(): Promise<{ here: readonly TenantId[]; lost: readonly TenantId[] }> {
    const { tide, vault, tenancy, importLog } = this.parts;
    const known = await vault.tenants();
    const rows = await tenancy.forDirectory(
      (tx) => tx.$queryRaw<{ id: TenantId }[]>`select id::text from tenant order by id`,
    );
    const here = rows.map(({ id }) => id);
    const strangers = await tide.strangers();
    if (strangers.length > 0)
      throw stale(`knows ${here.length - strangers.length} of the ${here.length} tenants here`);
    if (here.length === 0 && known.length > 0) throw stale(`knows ${known.length} tenants, and here is none`);
    for (const tenantId of here) await importLog.gap(tenantId);
    const there = new Set(here);
    return { here, lost: known.filter((id) => !there.has(id)) };
  }

  private async tenant(tenantId: TenantId, restoreId: string): Promise<ReplayCounts> {
    const { tenancy, clock, importLog, audit } = this.parts;
    const run = await tenancy.forTenant(tenantId, (tx) => beginRun(tx, { restoreId, at: clock.now() }));
    if (run.detail !== null) return run.detail;
    await importLog.run(tenantId);
    const instructions = await this.intents(tenantId);
    const tail = await replayTail(this.parts, tenantId, run.fromSize);
    const suppressed = await this.suppressions(tenantId);
    const holds = await this.holds(tenantId);
    await this.acknowledgements(tenantId);
    const { erasures, rows, hasLeft } = await eraseAgain(this.parts, tenantId);
    const at = clock.now();
    const rest = await quarantineRest(this.parts, tenantId, { hasLeft, restoreId, at });
    const { quarantined } = rest;
    const detail = {
      ...tail,
      instructions,
      holds,
      suppressed,
      erasures,
      rows: rows + rest.removed,
      quarantined,
    };
    await tenancy.forTenant(tenantId, async (tx) => {
      if (!(await endRun(tx, { restoreId, at, detail }))) return;
      const actor = { kind: 'SYSTEM' } as const;
      const told = { restoreId, from: run.fromSize, ...detail };
      const event: RestoreEvent = { event: 'restore.performed', at, actor, detail: told };
      await audit.append(tx, event);
    });
    return detail;
  }

  private async intents(tenantId: TenantId): Promise<number> {
    const { tenancy, intents } = this.parts;
    let count = 0;
    for await (const page of intents.list(tenantId)) {
      count += await tenancy.forTenant(tenantId, async (tx) => {
        const { known, open } = await replayIntents(tx, page);
        await enqueueWorks(
          tx,
          open.map(({ id: referenceId, acceptedAt: dueAt }) => ({
            kind: 'EXECUTE_INSTRUCTION',
            referenceId,
            dueAt,
          })),
        );
        return page.length - known;
      });
    }
    return count;
  }

  /** What was acknowledged since and has not come to its end is erased on, of exactly what was acknowledged. */
  private async acknowledgements(tenantId: TenantId): Promise<void> {
    const { tenancy, vault } = this.parts;
    let page: LedgerLine[] = [];
    const flush = async () => {
      const lines = page;
      page = [];
      if (lines.length > 0) await tenancy.forTenant(tenantId, (tx) => replayAcknowledgements(tx, lines));
    };
    for await (const line of vault.ledger(tenantId)) {
      page.push(line);
      if (page.length === LINES) await flush();
    }
    await flush();
  }

  private async suppressions(tenantId: TenantId): Promise<number> {
    const { tenancy, marks } = this.parts;
    let count = 0;
    for await (const page of marks.list(tenantId, SUPPRESSION)) {
      await tenancy.forTenant(tenantId, (tx) => replayMarks(tx, page));
      count += page.length;
    }
    return count;
  }

  /** A hold may name a subject that this database never knew: it holds nothing, and does no harm. */
  private async holds(tenantId: TenantId): Promise<number> {
    const { tenancy, holds } = this.parts;
    const remembered = await holds.list(tenantId);
    await tenancy.forTenant(tenantId, async (tx) => {
      await replayHolds(tx, remembered);
      await enqueueWorks(
        tx,
        remembered.flatMap(({ id: referenceId, endsAt }) =>
          endsAt === null ? [] : [{ kind: 'END_HOLD', referenceId, dueAt: endsAt } as const],
        ),
      );
    });
    return remembered.length;
  }
}

const stale = (why: string): DomainError =>
  new DomainError(
    'KEY_STORE_STALE',
    `The key store ${why}: it is not the one that goes with this data. Correct KEYSTORE_URL or DATABASE_URL; nothing was changed.`,
  );
