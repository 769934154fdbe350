import { type TenantLane, type WorkLane } from '@personr/work';
import { type WorkJob } from './job.js';

/** How long what comes for a tenant waits for the run before it, to be carried out together. */
const WINDOW_MILLISECONDS = 200;

/** How a bell is rung once more. */
type Ring = (lane: WorkLane, job: WorkJob) => Promise<void>;

/**
 * Lets what comes for one tenant, one by one, be carried out in batches: while a run of its lane has just begun, further
 * bells are put off until it ends, or for a fifth of a second; then one of them rings again and takes along all that has
 * come meanwhile. Nobody waits with a hand, so other tenants do not either. A tenant for whom nothing is under way is
 * served at once. What is put off is remembered in this process alone: if it dies, the rows ring again by themselves.
 *
 * It also knows for whom one more bell would ring for nothing (`hushed`): one is on its way, or is put off.
 */
export class SharedRuns {
  private readonly begun = new Map<string, symbol>();
  private readonly putOff = new Map<string, WorkJob>();
  private readonly onTheirWay = new Map<
    string,
    { readonly work: TenantLane; readonly over: NodeJS.Timeout }
  >();

  constructor(private readonly ring: Ring) {}

  /** Notes that a bell was rung. Until it is answered here, or for a fifth of a second, another is not needed. */
  rang({ lane, tenantId }: TenantLane): void {
    const key = `${lane} ${tenantId}`;
    this.forget(key);
    const over = setTimeout(() => this.onTheirWay.delete(key), WINDOW_MILLISECONDS).unref();
    this.onTheirWay.set(key, { work: { lane, tenantId }, over });
  }

  /** For whom a bell that is on its way, or put off, will take along whatever is due by then. */
  hushed(): TenantLane[] {
    const putOff = [...this.putOff].map(([key, { tenantId }]) => ({ lane: laneOf(key), tenantId }));
    return [...putOff, ...[...this.onTheirWay.values()].map(({ work }) => work)];
  }

  /** Runs, or puts the bell off. Throws what the run throws. */
  async take(lane: WorkLane, job: WorkJob, run: () => Promise<void>): Promise<void> {
    const key = `${lane} ${job.tenantId}`;
    this.forget(key);
    if (this.begun.has(key)) {
      this.putOff.set(key, job);
      return;
    }
    const own = Symbol(key);
    this.begun.set(key, own);
    const letOn = (): void => {
      if (this.begun.get(key) !== own) return;
      this.begun.delete(key);
      const next = this.putOff.get(key);
      this.putOff.delete(key);
      // A bell that is lost here rings again with its row.
      if (next !== undefined) this.ring(lane, next).catch(() => undefined);
    };
    const timer = setTimeout(letOn, WINDOW_MILLISECONDS);
    try {
      await run();
    } finally {
      clearTimeout(timer);
      letOn();
    }
  }

  private forget(key: string): void {
    clearTimeout(this.onTheirWay.get(key)?.over);
    this.onTheirWay.delete(key);
  }
}

const laneOf = (key: string): WorkLane => key.slice(0, key.indexOf(' ')) as WorkLane;
