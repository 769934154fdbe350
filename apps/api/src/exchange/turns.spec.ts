import { setImmediate as turn } from 'node:timers/promises';
import { Turns } from './turns.js';

describe('work that takes turns', () => {
  const begun: string[] = [];
  const ends = new Map<string, (error?: Error) => void>();
  const work = (name: string) => () => {
    begun.push(name);
    return new Promise<string>((resolve, reject) => {
      ends.set(name, (error) => {
        if (error === undefined) resolve(name);
        else reject(error);
      });
    });
  };

  beforeEach(() => {
    begun.length = 0;
    ends.clear();
  });

  it('begins at once unless it shares a handle with earlier work, and then after all of that', async () => {
    const turns = new Turns();
    const first = turns.take(['a', 'b'], work('first'));
    const second = turns.take(['c'], work('second'));
    const third = turns.take(['b', 'c'], work('third'));
    const fourth = turns.take(['b'], work('fourth'));
    await turn();
    expect(begun).toEqual(['first', 'second']);
    ends.get('second')?.();
    await second;
    await turn();
    expect(begun).toEqual(['first', 'second']);
    ends.get('first')?.();
    await first;
    await turn();
    expect(begun).toEqual(['first', 'second', 'third']);
    ends.get('third')?.();
    expect(await third).toBe('third');
    await turn();
    ends.get('fourth')?.();
    expect(await fourth).toBe('fourth');
  });

  it('goes on after work that failed', async () => {
    const turns = new Turns();
    const first = turns.take(['a'], work('first'));
    const second = turns.take(['a'], work('second'));
    await turn();
    ends.get('first')?.(new Error('failed'));
    await expect(first).rejects.toThrow('failed');
    await turn();
    ends.get('second')?.();
    expect(await second).toBe('second');
  });

  it('remembers nothing of what has ended', async () => {
    const turns = new Turns();
    await Promise.all(['a', 'b', 'a'].map((handle) => turns.take([handle], () => Promise.resolve())));
    expect((turns as unknown as { latest: Map<string, unknown> }).latest.size).toBe(0);
  });
});
