import { type DocumentId, newId, type SubjectId, type TenantId } from '@personr/kernel';
import { beginUpload, documentLabel, objectNameOf } from '@personr/stores';
import { anObjectStore } from '@personr/stores/testing';
import { Bench, OBJECTS } from './execution.bench.spec-helper.js';
import { sweepObjectsOver } from './testing.js';

const CLEAN = { objectsRemoved: 0, objectsWithoutRow: 0 };

describe('a sweep over the object store', () => {
  let house: Bench;
  let bench: Bench;

  beforeAll(async () => {
    house = await Bench.open();
  });
  beforeEach(async () => {
    house.clock.advance(1000);
    bench = await house.another();
  });
  afterAll(() => house.close());

  const sweep = async (objects = OBJECTS) => {
    const { tenants, objectsOfStrangers } = await sweepObjectsOver({
      ...bench.parts,
      objects,
      clock: bench.clock,
    }).run(new Set([bench.bank.tenantId]));
    return { ...tenants.get(bench.bank.tenantId)!, objectsOfStrangers };
  };
  /** Bytes that nobody wrote down. */
  const leave = async (subjectId: SubjectId, tenantId: TenantId = bench.bank.tenantId) => {
    const id: DocumentId = newId(bench.clock.now());
    await OBJECTS.put(
      objectNameOf(tenantId, { subjectId, id }),
      (async function* () {
        yield await Promise.resolve(Buffer.from('sealed'));
      })(),
    );
    return id;
  };
  const isThere = async (subjectId: SubjectId, id: DocumentId) =>
    (await OBJECTS.remaining({ prefix: objectNameOf(bench.bank.tenantId, { subjectId, id }) })) > 0;
  const entries = async () => {
    const { entries: all } = await bench.log();
    return all.filter(({ event }) => event === 'objects.swept').map(({ detail }) => detail);
  };

  it('R-62: removes what no row knows of and no key opens, with an entry, and nothing else', async () => {
    const held = await bench.admit('held');
    const document = await bench.addDocument(held);
    const erased = await bench.aCase();
    await bench.run(bench.worker(), erased);
    const returned = await leave(erased.subjectId);
    const stranded = await leave(held);
    expect(await sweep()).toMatchObject({ objects: 3, objectsRemoved: 2, objectsWithoutRow: 0 });
    expect(await isThere(erased.subjectId, returned)).toBe(false);
    expect(await isThere(held, stranded)).toBe(false);
    expect(await isThere(held, document)).toBe(true);
    expect(await entries()).toEqual([{ removed: 2 }]);
    expect(await sweep()).toMatchObject({ objects: 1, ...CLEAN });
    expect(await entries()).toHaveLength(1);
  });

  it('R-70: leaves what a living key opens, whatever the rows say: they may be those of an older database', async () => {
    const held = await bench.admit('held');
    const id = await bench.addDocument(held);
    await bench.owner.query('delete from document where tenant_id = $1 and id = $2', [
      bench.bank.tenantId,
      id,
    ]);
    expect(await sweep()).toMatchObject({ objects: 1, objectsRemoved: 0, objectsWithoutRow: 1 });
    expect(await isThere(held, id)).toBe(true);
    expect(await entries()).toEqual([]);
  });

  it('R-70: leaves what a row knows of although its key is gone: the key store may be the wrong one', async () => {
    const held = await bench.admit('held');
    const id = await bench.addDocument(held);
    const { tenantId } = bench.bank;
    const keys = await bench.parts.vault.keysOf(tenantId, held, [documentLabel(id)]);
    await bench.parts.vault.shred(tenantId, keys, { instructionId: newId(bench.clock.now()) });
    expect(await sweep()).toMatchObject({ objects: 1, ...CLEAN });
    expect(await isThere(held, id)).toBe(true);
  });

  it('leaves an upload that is under way', async () => {
    const held = await bench.admit('held');
    const id = await leave(held);
    const upload = { id, subjectId: held, element: 'SELFIE' } as const;
    await bench.within((tx) => beginUpload(tx, upload, new Date('2030-01-01T00:00:00Z')));
    expect(await sweep()).toMatchObject({ objects: 1, ...CLEAN });
    expect(await isThere(held, id)).toBe(true);
  });

  it('R-01: counts what is no tenant of ours, and touches nothing of it', async () => {
    const objects = anObjectStore();
    const other = await house.another();
    const put = (name: string) =>
      objects.put(
        name,
        (async function* () {
          yield await Promise.resolve(Buffer.from('bytes'));
        })(),
      );
    const subjectId: SubjectId = newId(bench.clock.now());
    const id: DocumentId = newId(bench.clock.now());
    await put(objectNameOf(other.bank.tenantId, { subjectId, id }));
    await put('00/11/22');
    expect(await sweep(objects)).toEqual({ objects: 0, ...CLEAN, objectsOfStrangers: 2 });
    let left = 0;
    for await (const names of objects.names('')) left += names.length;
    expect(left).toBe(2);
  });

  it('comes to the end of more pages than one', async () => {
    const held = await bench.admit('held');
    for (let count = 0; count < 1100; count += 1) await leave(held);
    expect(await sweep()).toMatchObject({ objects: 1100, objectsRemoved: 1100 });
    expect(await sweep()).toMatchObject({ objects: 0, ...CLEAN });
  });
});
