import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { type ObjectName, type ObjectStore } from './object-store.js';

/** A store to be tested, and what only its own kind can do to it. */
export type ObjectStoreUnderTest = {
  readonly objects: ObjectStore;
  /** Leaves what a process leaves that dies in the middle of a put of this name. */
  abandon(name: ObjectName): Promise<void>;
  /** Whether a second put of a name keeps the first as an older version. */
  readonly keepsVersions: boolean;
  close(): Promise<void>;
};

const MIB = 1024 * 1024;

async function* pieces(...parts: readonly Uint8Array[]): AsyncIterable<Uint8Array> {
  for (const part of parts) yield await Promise.resolve(part);
}

async function* failing(bytes: Uint8Array, error: Error): AsyncIterable<Uint8Array> {
  yield await Promise.resolve(bytes);
  throw error;
}

/** What every object store must keep. */
export function describeObjectStore(name: string, make: () => Promise<ObjectStoreUnderTest>): void {
  describe(`the object store ${name}`, () => {
    let under: ObjectStoreUnderTest;
    let tenant: string;
    let ada: string;
    let bob: string;

    const nameOf = (subject: string): ObjectName => `${subject}${randomUUID()}`;
    const put = (object: ObjectName, ...parts: readonly Uint8Array[]) =>
      under.objects.put(object, pieces(...parts));
    const get = async (object: ObjectName, range?: { start: number; end: number }): Promise<Buffer> =>
      buffer(under.objects.get(object, range));
    const left = (prefix: string) => under.objects.remaining({ prefix });

    beforeAll(async () => {
      under = await make();
    });

    beforeEach(() => {
      tenant = `${randomUUID()}/`;
      ada = `${tenant}${randomUUID()}/`;
      bob = `${tenant}${randomUUID()}/`;
    });

    afterAll(() => under.close());

    it('can be written to', async () => {
      await expect(under.objects.check()).resolves.toBeUndefined();
    });

    it.each([
      ['no bytes at all', []],
      ['one byte', [1]],
      ['a few pieces', [10, 1, 70_000]],
      ['more than one part', [5 * MIB, 5 * MIB, 5 * MIB, 3]],
    ])('gives back what was put, to the byte: %s', async (_, sizes) => {
      const object = nameOf(ada);
      const parts = sizes.map((size) => randomBytes(size));
      await put(object, ...parts);
      const [sent, got] = [Buffer.concat(parts), await get(object)];
      expect(got.length).toBe(sent.length);
      expect(createHash('sha256').update(got).digest('hex')).toBe(
        createHash('sha256').update(sent).digest('hex'),
      );
    });

    it('is done with a piece when it asks for the next one: a source may overwrite it', async () => {
      const object = nameOf(ada);
      const parts = Array.from({ length: 6 }, () => randomBytes(3 * MIB));
      async function* inOneBuffer(): AsyncIterable<Uint8Array> {
        const buffer = Buffer.alloc(3 * MIB);
        for (const part of parts) {
          part.copy(buffer);
          yield await Promise.resolve(buffer);
        }
        buffer.fill(0);
      }
      await under.objects.put(object, inOneBuffer());
      expect((await get(object)).equals(Buffer.concat(parts))).toBe(true);
    });

    it('gives back a part: the first byte, the last, and what is in between', async () => {
      const object = nameOf(ada);
      const bytes = randomBytes(3 * MIB);
      await put(object, bytes.subarray(0, MIB), bytes.subarray(MIB));
      for (const [start, end] of [
        [0, 0],
        [bytes.length - 1, bytes.length - 1],
        [MIB - 2, 2 * MIB + 5],
        [0, bytes.length - 1],
      ] as const) {
        expect((await get(object, { start, end })).equals(bytes.subarray(start, end + 1))).toBe(true);
      }
    });

    it('says that an object is not there', async () => {
      await expect(get(nameOf(ada))).rejects.toMatchObject({ code: 'OBJECT_MISSING' });
    });

    it.each([0, 5 * MIB, 12 * MIB])(
      'shows nothing of a put whose source broke after %i bytes, and passes its error on',
      async (size) => {
        const object = nameOf(ada);
        const broken = new Error('the source broke');
        await expect(under.objects.put(object, failing(randomBytes(size), broken))).rejects.toBe(broken);
        await expect(get(object)).rejects.toMatchObject({ code: 'OBJECT_MISSING' });
        await under.objects.remove({ prefix: object, suspects: [object] });
        expect(await under.objects.remaining({ prefix: object, suspects: [object] })).toBe(0);
      },
    );

    it('R-60: removes all of a subject and nothing of another, and may be told to again', async () => {
      const mine = [nameOf(ada), nameOf(ada), nameOf(ada)];
      const his = nameOf(bob);
      for (const object of [...mine, his]) await put(object, randomBytes(100));
      expect(await left(ada)).toBe(3);
      expect(await under.objects.remove({ prefix: ada })).toBe(3);
      expect(await left(ada)).toBe(0);
      expect(await under.objects.remove({ prefix: ada })).toBe(0);
      for (const object of mine) await expect(get(object)).rejects.toMatchObject({ code: 'OBJECT_MISSING' });
      expect((await get(his)).length).toBe(100);
      expect(await left(tenant)).toBe(1);
    });

    it('R-60: removes what nobody finished putting', async () => {
      const [object, other] = [nameOf(ada), nameOf(ada)];
      await put(other, randomBytes(10));
      await under.abandon(object);
      const selection = { prefix: ada, suspects: [object], except: new Set([other]) };
      expect(await under.objects.remaining(selection)).toBe(1);
      expect(await under.objects.remove(selection)).toBe(1);
      expect(await under.objects.remaining(selection)).toBe(0);
      expect((await get(other)).length).toBe(10);
    });

    it('R-60: removes older versions too', async () => {
      const object = nameOf(ada);
      await put(object, randomBytes(10));
      await put(object, randomBytes(20));
      expect((await get(object)).length).toBe(20);
      expect(await left(ada)).toBe(under.keepsVersions ? 2 : 1);
      await under.objects.remove({ prefix: ada });
      expect(await left(ada)).toBe(0);
      await expect(get(object)).rejects.toMatchObject({ code: 'OBJECT_MISSING' });
    });

    it('R-67: leaves what is excepted, and means a whole name when told one', async () => {
      const objects = [nameOf(ada), nameOf(ada), nameOf(ada)] as const;
      for (const object of objects) await put(object, randomBytes(10));
      expect(await under.objects.remove({ prefix: objects[0] })).toBe(1);
      expect(await under.objects.remove({ prefix: ada, except: new Set([objects[1]]) })).toBe(1);
      expect((await get(objects[1])).length).toBe(10);
      expect(await left(ada)).toBe(1);
      expect(await under.objects.remaining({ prefix: ada, except: new Set([objects[1]]) })).toBe(0);
    });

    const namesUnder = async (prefix: string): Promise<string[]> => {
      const names: string[] = [];
      for await (const page of under.objects.names(prefix)) names.push(...page);
      return names;
    };

    it('R-60: tells the name of everything that lies there, of one and of all', async () => {
      const mine = [nameOf(ada), nameOf(ada)].sort();
      const his = nameOf(bob);
      for (const object of [...mine, his]) await put(object, randomBytes(10));
      expect((await namesUnder(ada)).sort()).toEqual(mine);
      expect((await namesUnder(tenant)).sort()).toEqual([...mine, his].sort());
      expect(await namesUnder('')).toEqual(expect.arrayContaining([...mine, his]));
      expect(await namesUnder(`${randomUUID()}/`)).toEqual([]);
      await put(his, randomBytes(20));
      expect(await namesUnder(bob)).toEqual(under.keepsVersions ? [his, his] : [his]);
      await under.objects.remove({ prefix: tenant });
      expect(await namesUnder(tenant)).toEqual([]);
      for (const prefix of ['..', '../', 'aa'])
        await expect(namesUnder(prefix)).rejects.toBeInstanceOf(TypeError);
    });

    it('removes more than one page of objects', async () => {
      const objects = Array.from({ length: 1_050 }, () => nameOf(ada));
      for (let at = 0; at < objects.length; at += 50) {
        await Promise.all(objects.slice(at, at + 50).map((object) => put(object, randomBytes(1))));
      }
      expect(await left(ada)).toBe(1_050);
      expect((await namesUnder(ada)).sort()).toEqual([...objects].sort());
      expect(await under.objects.remove({ prefix: ada })).toBe(1_050);
      expect(await left(ada)).toBe(0);
    });

    it.each(['../escape', '/etc/passwd', 'a/../b', '', 'a//b', 'ada@people.example'])(
      'takes no name but ids with slashes between: %j',
      async (wrong) => {
        await expect(put(wrong, randomBytes(1))).rejects.toThrow(TypeError);
        await expect(under.objects.remove({ prefix: wrong })).rejects.toThrow(TypeError);
        await expect(get(wrong)).rejects.toThrow(TypeError);
      },
    );

    it('waits for nothing of a put under way that is removed: the put fails, or its object is found', async () => {
      const object = nameOf(ada);
      let go: (() => void) | undefined;
      const gate = new Promise<void>((resolve) => (go = resolve));
      async function* slow(): AsyncIterable<Uint8Array> {
        yield randomBytes(9 * MIB);
        await gate;
        yield randomBytes(9 * MIB);
      }
      const putting = under.objects.put(object, slow()).then(
        () => 'kept',
        () => 'failed',
      );
      await new Promise((resolve) => setTimeout(resolve, 200));
      await under.objects.remove({ prefix: ada, suspects: [object] });
      go?.();
      if ((await putting) === 'kept') expect(await left(ada)).toBe(1);
      await under.objects.remove({ prefix: ada, suspects: [object] });
      expect(await under.objects.remaining({ prefix: ada, suspects: [object] })).toBe(0);
    });
  });
}
