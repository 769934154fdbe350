import { DomainError } from '@personr/kernel';
import { readWhileWelcome, type StreamRules } from './stream-reader.js';

const NEVER = 3_600_000;
const forever = new Promise<never>(() => undefined);

async function* chunks(...texts: (string | Promise<never>)[]): AsyncGenerator<Buffer> {
  for (const text of texts) yield Buffer.from(await text);
}

const rules = (changes: Partial<StreamRules> = {}): StreamRules => ({
  idleMilliseconds: NEVER,
  assertWelcome: () => Promise.resolve(),
  closing: new AbortController().signal,
  ...changes,
});

describe('what is sent', () => {
  const read = async (source: AsyncIterable<Buffer>, rule: StreamRules): Promise<string[]> => {
    const seen: string[] = [];
    try {
      for await (const chunk of readWhileWelcome(source, rule)) seen.push(chunk.toString());
      return [...seen, 'end'];
    } catch (error) {
      return [...seen, error instanceof DomainError ? error.code : String(error)];
    }
  };

  it('is read to its end', async () => {
    expect(await read(chunks('a', 'b'), rules())).toEqual(['a', 'b', 'end']);
  });

  it('is read no further when nothing comes for too long', async () => {
    expect(await read(chunks('a', forever), rules({ idleMilliseconds: 5 }))).toEqual(['a', 'STREAM_IDLE']);
  });

  it('is read no further when this process is about to end', async () => {
    const closing = new AbortController();
    const reading = read(chunks('a', forever), rules({ closing: closing.signal }));
    setImmediate(() => {
      closing.abort();
    });
    expect(await reading).toEqual(['a', 'SERVICE_UNAVAILABLE']);
    expect(await read(chunks('a'), rules({ closing: closing.signal }))).toEqual(['SERVICE_UNAVAILABLE']);
  });

  it('is read no further when its sender is not welcome any more', async () => {
    let welcomes = 2;
    const assertWelcome = () =>
      (welcomes -= 1) < 0
        ? Promise.reject(new DomainError('TOKEN_EXPIRED', 'The token has expired.'))
        : Promise.resolve();
    expect(await read(chunks('a', 'b', 'c'), rules({ assertWelcome }))).toEqual(['a', 'b', 'TOKEN_EXPIRED']);
  });

  it('that breaks off is an error, not an end', async () => {
    expect(await read(chunks('a', Promise.reject(new Error('reset'))), rules())).toEqual([
      'a',
      'Error: reset',
    ]);
  });
});
