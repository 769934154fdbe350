import { Injectable } from '@nestjs/common';
import { Clock } from '@personr/kernel';
import { by, type Caller } from './audit-event.js';
import { type CountableEvent, type Counting, countOf, keyOfCount } from './counted-event.js';
import { CountedLog } from './counted-log.js';
import { type EvidenceEvent } from './evidence.events.js';
import { LaterCounts } from './later-counts.js';

/** What is taken of a log file by file, and by which route of the contract. */
const ROUTES = {
  checkpoints: 'GET /v1/evidence/checkpoint',
  tiles: 'GET /v1/evidence/tile/{path}',
  bundles: 'GET /v1/evidence/tile/entries/{path}',
} as const;

export type LogPart = keyof typeof ROUTES;

const AN_HOUR: Counting = { singly: 1, seconds: 3_600 };

/**
 * Says in a tenant's log that somebody takes it file by file, without an entry a file: a verifier of a long log asks for
 * tens of thousands, and each entry makes another. Decision 2026-11-30-reads-of-evidence.
 */
@Injectable()
export class CountReads {
  /** The intervals whose first file is told of, of each who reads, and what. */
  private readonly told = new Map<string, number>();

  constructor(
    private readonly counted: CountedLog,
    private readonly later: LaterCounts,
    private readonly clock: Clock,
  ) {}

  /**
   * Counts a file. The first of its kind that a caller takes in an hour leaves an entry (`evidence.read`), committed when
   * this resolves; of the others of that hour one entry says how many, as `CountedLog` does. Of those, what was counted
   * within the last second is lost when the process is killed.
   */
  async run(caller: Caller, part: LogPart): Promise<void> {
    const one = this.countable(caller, part);
    const count = countOf(one);
    const key = [caller.tenantId, keyOfCount(count)].join(' ');
    if (this.told.has(key)) {
      this.later.note(caller.tenantId, one);
      return;
    }
    await this.counted.note(caller.tenantId, [one]);
    this.told.set(key, count.untilAt.getTime());
    this.forgetPast();
  }

  private countable(caller: Caller, part: LogPart): CountableEvent {
    const { actor } = caller;
    if (actor.kind !== 'API_CLIENT') throw new Error('files of a log are taken by API clients');
    const event: EvidenceEvent = {
      event: 'evidence.read',
      at: this.clock.now(),
      ...by(caller),
      detail: { form: 'LOG', route: ROUTES[part] },
    };
    return { event, clientId: actor.id, route: ROUTES[part], counting: AN_HOUR };
  }

  private forgetPast(): void {
    const now = this.clock.now().getTime();
    for (const [key, until] of this.told) if (until <= now) this.told.delete(key);
  }
}
