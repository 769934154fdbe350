import { oneAhead } from './one-ahead.js';

const tick = () => new Promise((resolve) => setImmediate(resolve));

describe('one ahead', () => {
  let made: number;
  let hasEnded: boolean;

  beforeEach(() => {
    made = 0;
    hasEnded = false;
  });

  async function* upTo(count: number, error?: Error): AsyncIterable<number> {
    try {
      while (made < count) {
        await Promise.resolve();
        made += 1;
        yield made;
      }
      if (error !== undefined) throw error;
    } finally {
      hasEnded = true;
    }
  }

  it('passes all on, in order, and is one item ahead of whoever listens, not two', async () => {
    const seen: number[] = [];
    for await (const item of oneAhead(upTo(5))) {
      await tick();
      expect(made).toBe(Math.min(item + 1, 5));
      seen.push(item);
    }
    expect(seen).toEqual([1, 2, 3, 4, 5]);
  });

  it('asks for nothing after the last: the source is not ended while that is in use', async () => {
    for await (const item of oneAhead(upTo(3), (each) => each === 3)) {
      await tick();
      expect(hasEnded).toBe(false);
      expect(made).toBe(Math.min(item + 1, 3));
    }
    await tick();
    expect(hasEnded).toBe(true);
  });

  it('passes an error on in its place', async () => {
    const broken = new Error('broken');
    const seen: number[] = [];
    const listen = async () => {
      for await (const item of oneAhead(upTo(2, broken))) {
        await tick();
        seen.push(item);
      }
    };
    await expect(listen()).rejects.toBe(broken);
    expect(seen).toEqual([1, 2]);
  });

  it('lets whoever stops go at once, though the source is still waiting, and ends it then', async () => {
    let go: (() => void) | undefined;
    async function* stalled(): AsyncIterable<number> {
      try {
        yield 1;
        await new Promise<void>((resolve) => (go = resolve));
        throw new Error('nobody hears this');
      } finally {
        hasEnded = true;
      }
    }
    for await (const item of oneAhead(stalled())) {
      await tick();
      expect(item).toBe(1);
      break;
    }
    expect(hasEnded).toBe(false);
    go?.();
    await tick();
    expect(hasEnded).toBe(true);
  });
});
