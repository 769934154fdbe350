import { type Clock } from '@personr/kernel';
import { type KeySetFetcher } from './key-set.fetcher.js';
import { type PublicJwk } from './key-set.js';

/** Whose keys, where they are published, and which one is wanted. */
export type WantedKeys = {
  readonly clientId: string;
  readonly uri: string;
  readonly kid: string | undefined;
};

type Entry = {
  keys: readonly PublicJwk[];
  fetchedAt: number;
  triedAt: number;
  coming: Promise<void> | undefined;
};

const MINUTE = 60_000;
const FRESH = 5 * MINUTE;
const OLDEST = 10 * MINUTE;
const BETWEEN = MINUTE;
const MOST_CLIENTS = 1_000;
const MOST_AT_ONCE = 20;

/**
 * Keeps the key sets that clients publish. A set is asked for again when it is five minutes old or lacks the key
 * that is wanted, once a minute at most and once at a time for a client, and is good for nothing after ten minutes:
 * a key that was taken down is taken no longer than that.
 */
export class PublishedKeys {
  private readonly entries = new Map<string, Entry>();
  private running = 0;

  constructor(
    private readonly fetcher: Pick<KeySetFetcher, 'fetch'>,
    private readonly clock: Clock,
  ) {}

  /** The keys that hold now; none when they could not be had. Never throws. */
  async get({ clientId, uri, kid }: WantedKeys): Promise<readonly PublicJwk[]> {
    const entry = this.entryOf(`${clientId} ${uri}`);
    if (entry.coming !== undefined) await entry.coming;
    else if (this.isDue(entry, kid)) await this.refresh(entry, uri);
    return this.now() - entry.fetchedAt < OLDEST ? entry.keys : [];
  }

  private isDue(entry: Entry, kid: string | undefined): boolean {
    if (this.now() - entry.triedAt < BETWEEN || this.running >= MOST_AT_ONCE) return false;
    const known = kid === undefined || entry.keys.some((key) => key.kid === kid);
    return !known || this.now() - entry.fetchedAt >= FRESH;
  }

  private async refresh(entry: Entry, uri: string): Promise<void> {
    entry.triedAt = this.now();
    this.running += 1;
    entry.coming = this.fetcher
      .fetch(uri)
      .then(
        (keys) => {
          entry.keys = keys;
          entry.fetchedAt = entry.triedAt;
        },
        // What is kept stays good until it is too old.
        () => undefined,
      )
      .finally(() => {
        this.running -= 1;
        entry.coming = undefined;
      });
    await entry.coming;
  }

  /** The client's entry, as the newest; the one that was wanted longest ago makes room. */
  private entryOf(name: string): Entry {
    const known = this.entries.get(name);
    const entry = known ?? { keys: [], fetchedAt: -Infinity, triedAt: -Infinity, coming: undefined };
    this.entries.delete(name);
    this.entries.set(name, entry);
    const [oldest] = this.entries.keys();
    if (this.entries.size > MOST_CLIENTS && oldest !== undefined) this.entries.delete(oldest);
    return entry;
  }

  private now(): number {
    return this.clock.now().getTime();
  }
}
