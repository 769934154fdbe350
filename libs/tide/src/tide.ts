import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Clock, DomainError, type TenantId } from '@personr/kernel';
import { Tenancy } from '@personr/tenancy';
import { KeyStoreTide, type Marks, Vault } from '@personr/vault';
import { LastMoment } from './last-moment.js';
import { CLOSED_MARK, closeTide, countUnknown, moveTide, openTide, readTide } from './tide.repository.js';

const isOf = (kept: Marks, mark: string): boolean => mark === kept.mark || mark === kept.next;

/** Clocks of two hosts may differ by this much. */
const SKEW_MILLISECONDS = 60_000;
const COMPARED = 5_000;
const LOOKS = 4;
/** Whoever places a hold or sequences a log meanwhile has ended by the last look. */
const PAUSE_MILLISECONDS = 500;

/**
 * Knows whether the data database is the one that goes with the key store as it is now, or one of an earlier time: both
 * bear a mark that moves on every few seconds, and what the key store wrote down since the last move must be known to the
 * data database too, since it was committed there before. So an older copy is seen however it came back.
 */
@Injectable()
export class Tide {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly marks: KeyStoreTide,
    private readonly vault: Vault,
    private readonly lastMoment: LastMoment,
    private readonly clock: Clock,
  ) {}

  /**
   * Whether the service may be open: by the marks alone, or, `thoroughly`, by what the key store wrote down since they
   * moved, how far it says that each log was signed, and the holds that it remembers, too. A key store that has seen no data database yet takes this one, if it knows all its tenants. Throws when one
   * of the two does not answer.
   */
  async isOpen({ thoroughly }: { readonly thoroughly: boolean }): Promise<boolean> {
    for (let look = 1; ; look += 1) {
      const seen = await this.look(thoroughly);
      if (typeof seen === 'boolean') return seen;
      if (look === LOOKS) return false;
      if (seen === 'LACKING') await pause(PAUSE_MILLISECONDS);
    }
  }

  /** Null when the marks are not the same, which they may not be between two readings. */
  private async look(thoroughly: boolean): Promise<boolean | 'LACKING' | null> {
    const { mark } = await this.tenancy.forRelay(readTide);
    if (mark === CLOSED_MARK) return false;
    const kept = await this.marks.read();
    if (kept === null) return this.adopt(mark);
    if (!isOf(kept, mark)) return null;
    return !thoroughly || (await this.knowsAll(kept)) || 'LACKING';
  }

  /** Moves both marks on. Of processes that do so at once each does a part of one move, whichever dies. */
  async roll(): Promise<void> {
    await this.marks.begin(randomUUID());
    const kept = await this.marks.read();
    if (kept?.next == null) return;
    const { mark, next } = kept;
    await this.tenancy.forRelay((tx) => moveTide(tx, mark, next));
    if ((await this.tenancy.forRelay(readTide)).mark === next)
      await this.marks.settle(next, this.clock.now());
  }

  /** Closes the service until `open`, over every start. Returns the name of the replay: the one that is under way, if one is. */
  close(): Promise<string> {
    return this.tenancy.forRelay((tx) => closeTide(tx, randomUUID()));
  }

  /** Opens the service after this replay. Another one that has been begun since keeps it closed. */
  async open(restoreId: string): Promise<void> {
    await this.marks.adopt(randomUUID(), this.clock.now());
    await this.marks.begin(randomUUID());
    const kept = await this.marks.read();
    if (kept?.next == null) throw new DomainError('SERVICE_UNAVAILABLE', 'The key store has no mark.');
    const { next } = kept;
    await this.tenancy.forRelay((tx) => openTide(tx, { restoreId, mark: next }));
    if ((await this.tenancy.forRelay(readTide)).mark === next)
      await this.marks.settle(next, this.clock.now());
  }

  /** The tenants here that the key store does not know: with one of them, it is not the store that goes with this data. */
  async strangers(): Promise<TenantId[]> {
    const known = new Set(await this.vault.tenants());
    return (await this.tenants()).filter((id) => !known.has(id));
  }

  private async tenants(): Promise<TenantId[]> {
    const here = await this.tenancy.forDirectory(
      (tx) => tx.$queryRaw<{ id: TenantId }[]>`select id::text from tenant`,
    );
    return here.map(({ id }) => id);
  }

  private async knowsAll({ rolledAt }: Marks): Promise<boolean> {
    const since = new Date(rolledAt.getTime() - SKEW_MILLISECONDS);
    const here = await this.tenants();
    // Tenants that came after this copy are lost with it: no replay brings them back.
    const known = (await this.marks.since(since, COMPARED)).filter(({ tenantId }) => here.includes(tenantId));
    if ((await this.tenancy.forRelay((tx) => countUnknown(tx, known))) > 0) return false;
    return this.lastMoment.isKnown(here, since);
  }

  private async adopt(mark: string): Promise<boolean> {
    if ((await this.strangers()).length > 0) return false;
    await this.marks.adopt(mark, this.clock.now());
    const kept = await this.marks.read();
    return kept?.mark === mark;
  }
}
