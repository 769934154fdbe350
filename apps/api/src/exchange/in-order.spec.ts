import { setImmediate as turn } from 'node:timers/promises';
import { batchesOf } from './batches.js';
import { inOrder } from './in-order.js';

/** A source that is told what comes, and remembers how much was asked of it. */
class Source<Item> implements AsyncIterable<Item> {
  asked = 0;
  private readonly waiting: ((next: IteratorResult<Item> | Promise<never>) => void)[] = [];
  private readonly ready: (IteratorResult<Item> | Error)[] = [];

  give(...items: Item[]): this {
    return this.push(...items.map((value) => ({ value, done: false }) as const));
  }

  end(): this {
    return this.push({ value: undefined, done: true });
  }

  fail(error: Error): this {
    return this.push(error);
  }

  [Symbol.asyncIterator](): AsyncIterator<Item> {
    return {
      next: () => {
        this.asked += 1;
        const next = this.ready.shift();
        if (next instanceof Error) return Promise.reject(next);
        return next === undefined
          ? new Promise((resolve) => this.waiting.push(resolve))
          : Promise.resolve(next);
      },
    };
  }

  private push(...all: (IteratorResult<Item> | Error)[]): this {
    for (const next of all) {
      const waiting = this.waiting.shift();
      if (waiting === undefined) this.ready.push(next);
      else waiting(next instanceof Error ? Promise.reject(next) : next);
    }
    return this;
  }
}

const all = async <Item>(items: AsyncIterable<Item>): Promise<Item[]> => {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
};

describe('acting on what comes', () => {
  it('answers in the order of coming, whatever ends first', async () => {
    const source = new Source<number>().give(3, 2, 1, 0).end();
    const act = async (turns: number) => {
      for (let left = turns; left > 0; left -= 1) await turn();
      return turns;
    };
    expect(await all(inOrder(source, 4, act))).toEqual([3, 2, 1, 0]);
  });

  it('answers one before another is there', async () => {
    const source = new Source<string>().give('a');
    const answers = inOrder(source, 2, (item) => Promise.resolve(item.toUpperCase()));
    expect((await answers.next()).value).toBe('A');
    source.give('b');
    expect((await answers.next()).value).toBe('B');
    source.end();
    expect((await answers.next()).done).toBe(true);
  });

  it('does so much at once and no more, and takes one ahead', async () => {
    const source = new Source<number>().give(...Array.from({ length: 100 }, (_, at) => at)).end();
    let [running, most] = [0, 0];
    const act = async (item: number) => {
      most = Math.max(most, (running += 1));
      await turn();
      running -= 1;
      return item;
    };
    expect(await all(inOrder(source, 3, act))).toHaveLength(100);
    expect(most).toBe(3);
  });

  it('takes nothing more while its answers are not taken', async () => {
    const source = new Source<number>().give(...Array.from({ length: 100 }, (_, at) => at)).end();
    const answers = inOrder(source, 3, (item) => Promise.resolve(item));
    await answers.next();
    for (let turns = 0; turns < 50; turns += 1) await turn();
    expect(source.asked).toBeLessThanOrEqual(5);
  });

  it('answers what came before the source failed, then throws its error', async () => {
    const source = new Source<number>().give(1, 2).fail(new Error('broke'));
    const answers = inOrder(source, 1, (item) => Promise.resolve(item));
    expect([(await answers.next()).value, (await answers.next()).value]).toEqual([1, 2]);
    await expect(answers.next()).rejects.toThrow('broke');
  });

  it('ends what it has begun when nobody listens any more', async () => {
    const source = new Source<number>().give(1, 2, 3);
    const done: number[] = [];
    const answers = inOrder(source, 3, async (item) => {
      if (item > 1) for (let turns = 0; turns < 5; turns += 1) await turn();
      done.push(item);
      return item;
    });
    await answers.next();
    for (let turns = 0; turns < 3; turns += 1) await turn();
    await answers.return(undefined);
    expect(done.length).toBeGreaterThanOrEqual(1);
    expect(done).toEqual([1, 2, 3].slice(0, done.length));
  });
});

describe('a batch', () => {
  const sized = (...sizes: number[]) => sizes.map((size) => ({ size }));
  const NEVER = 3_600_000;
  const LIMITS = { items: 3, bytes: 100, lingerMilliseconds: NEVER };

  it('is closed at its number of items, at its bytes, and at the end', async () => {
    const source = new Source<{ size: number }>().give(...sized(1, 1, 1, 99, 1, 500, 1)).end();
    const batches = (await all(batchesOf(source, LIMITS))).map((batch) => batch.map(({ size }) => size));
    expect(batches).toEqual([[1, 1, 1], [99, 1], [500], [1]]);
  });

  it('of one that comes alone does not wait for others', async () => {
    const source = new Source<{ size: number }>().give({ size: 1 });
    const batches = batchesOf(source, { ...LIMITS, lingerMilliseconds: 1 });
    expect((await batches.next()).value).toEqual([{ size: 1 }]);
    source.give({ size: 2 }).end();
    expect((await batches.next()).value).toEqual([{ size: 2 }]);
    expect((await batches.next()).done).toBe(true);
  });

  it('that is open when the source fails is given first', async () => {
    const batches = batchesOf(
      new Source<{ size: number }>().give({ size: 1 }).fail(new Error('broke')),
      LIMITS,
    );
    expect((await batches.next()).value).toEqual([{ size: 1 }]);
    await expect(batches.next()).rejects.toThrow('broke');
  });
});
