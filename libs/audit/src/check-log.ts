import { type Clock, type TenantId } from '@personr/kernel';
import { TILE_WIDTH } from '@personr/proof';
import { type Tenancy, type TenantTx } from '@personr/tenancy';
import { type AuditLog } from './audit-log.js';
import { firstBreak } from './first-break.js';
import { HOUSE } from './house.js';
import { type LogEvent } from './log.events.js';
import { LogEvidence } from './log-evidence.js';
import { lockHead, type LogHead, readHead, tileReader } from './log.repository.js';
import { type LogSigner } from './log-signer.js';
import { clearAlarm, type LogAlarm, noteRound, noteTail, raiseAlarm, readRound } from './log-watch.js';
import { type Outside } from './outside.js';
import { isSameTree } from './signed-heads.js';

/** How many of the newest entries are looked at again and again. */
export const TAIL_ENTRIES = 10_000;
/** How many entries of a round are looked at in one step: what a restart costs at most. */
const STEP_ENTRIES = TILE_WIDTH * 20;

/**
 * A look at a part of a log: entries looked at, the first place that does not hold, or null, and whether the alarm was
 * raised by it.
 */
export type Looked = {
  readonly entries: number;
  readonly brokenAt: number | null;
  readonly isNews: boolean;
  /** Whether the part ends where the log ends. */
  readonly isLast: boolean;
};

type Part = { readonly from: number; readonly to: number };

/**
 * Derives logs anew: entries in the data database and in the evidence store, tiles in both, root, checkpoint and what
 * the key store recorded must make one tree. Where they do not, the log has the alarm `AUDIT_CHAIN_BROKEN`, and an entry of
 * its own says so, once. Throws `SERVICE_UNAVAILABLE` when a store does not answer: that is no alarm.
 */
export class CheckLog {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly clock: Clock,
    private readonly signer: LogSigner,
    private readonly outside: Outside,
    private readonly audit: AuditLog,
  ) {}

  /** Looks at the newest 10,000 entries. */
  tail(tenantId: TenantId): Promise<Looked> {
    return this.look(tenantId, async (tx, { size }) => {
      await noteTail(tx, this.clock.now());
      return { from: Math.max(0, size - TAIL_ENTRIES), to: size };
    });
  }

  /** Looks at the next 5,120 entries of the round over all of them, and notes where it goes on. */
  step(tenantId: TenantId): Promise<Looked> {
    return this.look(tenantId, async (tx, { size }) => {
      const from = await readRound(tx);
      const to = Math.min(size, from + STEP_ENTRIES);
      await noteRound(tx, { from, to, isLast: to === size, at: this.clock.now() });
      return { from, to };
    });
  }

  /** Looks at all entries now. A log that holds loses its alarm: whoever calls this is the person who looks. */
  async whole(tenantId: TenantId): Promise<Looked> {
    let found: Looked;
    let from = 0;
    do {
      const part = from;
      found = await this.look(tenantId, (_, { size }) =>
        Promise.resolve({ from: part, to: Math.min(size, part + STEP_ENTRIES) }),
      );
      from += STEP_ENTRIES;
    } while (found.brokenAt === null && !found.isLast);
    return found.brokenAt === null ? this.settle(tenantId, found) : found;
  }

  /** While nobody signs: what was recorded last must be this tree, not one that comes after it. */
  private settle(tenantId: TenantId, found: Looked): Promise<Looked> {
    return this.tenancy.forTenant(tenantId, async (tx) => {
      const head = await lockHead(tx);
      const recorded = head === null ? null : await this.outside.heads.read(tenantId, head.origin);
      if (head !== null && !isSameTree(recorded, head)) return { ...found, brokenAt: head.size };
      await clearAlarm(tx);
      return found;
    });
  }

  private look(tenantId: TenantId, partOf: (tx: TenantTx, head: LogHead) => Promise<Part>): Promise<Looked> {
    return this.tenancy.forTenant(tenantId, async (tx) => {
      const head = await readHead(tx);
      if (head === null) return { entries: 0, brokenAt: null, isNews: false, isLast: true };
      const part = await partOf(tx, head);
      const evidence = new LogEvidence(this.outside.evidence, head.origin);
      const brokenAt = await firstBreak(tx, part, {
        head,
        reader: tileReader(tx),
        evidence,
        verifiers: this.signer.verifiersOf(head.origin),
        recorded: await this.outside.heads.read(tenantId, head.origin),
      });
      const isNews = brokenAt !== null && (await this.raise(tx, brokenAt));
      return { entries: part.to - part.from, brokenAt, isNews, isLast: part.to === head.size };
    });
  }

  private async raise(tx: TenantTx, position: number): Promise<boolean> {
    const alarm: LogAlarm = 'AUDIT_CHAIN_BROKEN';
    const at = this.clock.now();
    const isNews = await raiseAlarm(tx, { alarm, at, position });
    const event: LogEvent = {
      event: 'log.broken',
      at,
      actor: { kind: 'SYSTEM' },
      reasonCode: alarm,
      detail: { position },
    };
    if (isNews && tx.tenantId !== HOUSE) await this.audit.append(tx, event);
    return isNews;
  }
}
