import { type EntryId } from '@personr/kernel';
import type pg from 'pg';
import { setTimeout as pause } from 'node:timers/promises';

const LOOK_MILLISECONDS = 25;

type Head = { readonly tenant: string; readonly size: number };
type Step = { readonly size: number; readonly at: number };

/** Looks at every head again and again, to say when an entry came under a checkpoint. */
export class HeadWatch {
  /** When a head moved last, by this process's clock. */
  lastAt = performance.now();
  private readonly steps = new Map<string, Step[]>();
  private isOver = false;
  private readonly looking: Promise<void>;

  constructor(private readonly owner: pg.Client) {
    this.looking = this.look();
  }

  /** Resolves when no entry waits for its place any more. */
  async untilNothingWaits(): Promise<void> {
    for (let waits = true; waits;) {
      await pause(LOOK_MILLISECONDS);
      const { rowCount } = await this.owner.query('select from audit_outbox limit 1');
      waits = rowCount === 1;
    }
    this.isOver = true;
    await this.looking;
  }

  /** For each of these entries the milliseconds from its commit until its log's head was seen past it. */
  async waitsOf(committed: ReadonlyMap<EntryId, number>): Promise<number[]> {
    const waits: number[] = [];
    for (const [tenant, steps] of this.steps) {
      const { rows } = await this.owner.query<{ id: EntryId; position: string }>(
        'select entry_id as id, position from log_entry where tenant_id = $1 order by position',
        [tenant],
      );
      const seenPast = pastOf(steps);
      for (const { id, position } of rows) {
        const [at, seen] = [committed.get(id), seenPast(Number(position))];
        if (at !== undefined && seen !== undefined) waits.push(Math.max(0, seen - at));
      }
    }
    return waits;
  }

  private async look(): Promise<void> {
    while (!this.isOver) {
      await this.note();
      await pause(LOOK_MILLISECONDS);
    }
    await this.note();
  }

  private async note(): Promise<void> {
    const { rows } = await this.owner.query<Head>(
      'select tenant_id::text as tenant, size::float8 as size from log_head where size > 0',
    );
    const at = performance.now();
    for (const { tenant, size } of rows) {
      const steps = this.steps.get(tenant) ?? [];
      if (steps.at(-1)?.size === size) continue;
      steps.push({ size, at });
      this.steps.set(tenant, steps);
      this.lastAt = at;
    }
  }
}

/** When the head was first seen past a position, for positions that only grow. */
function pastOf(steps: readonly Step[]): (position: number) => number | undefined {
  let step = 0;
  return (position) => {
    while ((steps[step]?.size ?? Infinity) <= position) step += 1;
    return steps[step]?.at;
  };
}
