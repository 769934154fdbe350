import { LineOutbox } from './line-outbox.js';

const taken = async <Line>(lines: AsyncGenerator<Line>, count: number): Promise<Line[]> => {
  const found: Line[] = [];
  while (found.length < count) {
    const next = await lines.next();
    if (next.done === true) break;
    found.push(next.value);
  }
  return found;
};

describe('the lines of an exchange', () => {
  it('are sent once when each is answered', async () => {
    const outbox = new LineOutbox(['a', 'b', 'c']);
    expect(outbox.isEmpty).toBe(false);
    expect(await taken(outbox.open(), 9)).toHaveLength(3);
    for (let line = 0; line < 3; line += 1) outbox.answered();
    expect(outbox.isEmpty).toBe(true);
  });

  it('are sent again from the first without an answer, and then the rest', async () => {
    const outbox = new LineOutbox(['a', 'b', 'c', 'd']);
    expect(await taken(outbox.open(), 3)).toEqual(['a', 'b', 'c']);
    outbox.answered();
    expect(await taken(outbox.open(), 9)).toEqual(['b', 'c', 'd']);
    expect(outbox.isEmpty).toBe(false);
  });

  it('go to the new stream when an old one still waits for the next', async () => {
    let give: (line: string) => void = () => undefined;
    async function* slow() {
      yield await new Promise<string>((resolve) => (give = resolve));
    }
    const outbox = new LineOutbox(slow());
    const old = taken(outbox.open(), 1);
    const fresh = taken(outbox.open(), 2);
    give('a');
    expect([await old, await fresh]).toEqual([[], ['a']]);
  });

  it('that cannot be read are an error', async () => {
    const broken = {
      [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error('no file')) }),
    };
    const outbox = new LineOutbox<string>(broken);
    await expect(outbox.open().next()).rejects.toThrow('no file');
    expect(outbox.failure).toMatchObject({ message: 'no file' });
  });
});
