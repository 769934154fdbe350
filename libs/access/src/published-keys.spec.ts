import { SettableClock } from '@personr/kernel/testing';
import { type PublicJwk } from './key-set.js';
import { PublishedKeys } from './published-keys.js';

const key = (kid: string): PublicJwk => ({ kty: 'OKP', crv: 'Ed25519', x: 'x', alg: 'EdDSA', kid });
const SECOND = 1_000;
const MINUTE = 60 * SECOND;

describe('published keys', () => {
  let clock: SettableClock;
  let published: PublicJwk[] | Error;
  let fetched: string[];
  let keys: PublishedKeys;

  const fetch = (uri: string): Promise<PublicJwk[]> => {
    fetched.push(uri);
    return published instanceof Error ? Promise.reject(published) : Promise.resolve(published);
  };
  const kids = async (kid?: string, clientId = 'bank'): Promise<string[]> =>
    (await keys.get({ clientId, uri: 'https://keys.example/', kid })).map((one) => one.kid);

  beforeEach(() => {
    clock = new SettableClock();
    published = [key('a')];
    fetched = [];
    keys = new PublishedKeys({ fetch }, clock);
  });

  it('are fetched once for all who ask at once, and not again while they are fresh', async () => {
    expect(await Promise.all([kids('a'), kids('a'), kids('a')])).toEqual([['a'], ['a'], ['a']]);
    clock.advance(5 * MINUTE - 1);
    expect(await kids('a')).toEqual(['a']);
    expect(fetched).toHaveLength(1);
    clock.advance(1);
    await kids('a');
    expect(fetched).toHaveLength(2);
  });

  it('are fetched for a key that is new, once a minute at most, whatever is asked for', async () => {
    await kids('a');
    published = [key('a'), key('b')];
    clock.advance(MINUTE - 1);
    for (const kid of ['b', 'c', 'd']) expect(await kids(kid)).toEqual(['a']);
    expect(fetched).toHaveLength(1);
    clock.advance(1);
    expect(await kids('b')).toEqual(['a', 'b']);
    for (const kid of ['e', 'f']) await kids(kid);
    expect(fetched).toHaveLength(2);
  });

  it('that were taken down hold ten minutes at most, also when nothing answers any more', async () => {
    await kids('a');
    published = new Error('down');
    clock.advance(10 * MINUTE - 1);
    expect(await kids('a')).toEqual(['a']);
    clock.advance(1);
    expect(await kids('a')).toEqual([]);
    published = [key('b')];
    clock.advance(MINUTE);
    expect(await kids('a')).toEqual(['b']);
  });

  it('that never came are asked for once a minute at most, and never throw', async () => {
    published = new Error('down');
    for (let time = 0; time < 5; time += 1) expect(await kids('a')).toEqual([]);
    expect(fetched).toHaveLength(1);
  });

  it('belong to one client each, even under one URL', async () => {
    await kids('a', 'bank');
    await kids('a', 'market');
    expect(fetched).toHaveLength(2);
  });

  it('are fetched for twenty clients at once and no more', async () => {
    const waiting: (() => void)[] = [];
    const slow = new PublishedKeys(
      {
        fetch: () =>
          new Promise((resolve) =>
            waiting.push(() => {
              resolve([key('a')]);
            }),
          ),
      },
      clock,
    );
    const ask = (clientId: string) => slow.get({ clientId, uri: 'https://keys.example/', kid: 'a' });
    const first = Array.from({ length: 20 }, (_, place) => ask(`client ${place}`));
    expect(await ask('one more')).toEqual([]);
    expect(waiting).toHaveLength(20);
    for (const answer of waiting) answer();
    expect((await Promise.all(first)).every(({ length }) => length === 1)).toBe(true);
    expect(ask('one more')).toBeInstanceOf(Promise);
    waiting.at(-1)?.();
    expect(waiting).toHaveLength(21);
  });

  it('are kept for a thousand clients; who was away longest makes room', async () => {
    for (let place = 0; place <= 1_000; place += 1) await kids('a', `client ${place}`);
    expect(fetched).toHaveLength(1_001);
    await kids('a', 'client 1');
    expect(fetched).toHaveLength(1_001);
    await kids('a', 'client 0');
    expect(fetched).toHaveLength(1_002);
  });
});
