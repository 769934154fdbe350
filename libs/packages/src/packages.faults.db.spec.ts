import { type FileHandle, open } from 'node:fs/promises';
import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { DomainError, type SubjectId } from '@personr/kernel';
import { type ObjectStore, subjectPrefix } from '@personr/stores';
import { type PackageOrder } from './package.js';
import { Bench, NO_BEAT, unzipped } from './packages.spec-helper.js';

const SECRET = Buffer.alloc(300_000, 'a selfie ');

describe('R-53: a package is whole or is not', () => {
  let bench: Bench;

  beforeAll(async () => {
    bench = await Bench.open();
  });

  afterEach(() => {
    jest.restoreAllMocks();
  });

  afterAll(() => bench.close());

  /** A person with a document, and where its sealed bytes lie. */
  const aPerson = async (): Promise<{
    order: PackageOrder;
    subjectId: SubjectId;
    file: string;
    id: string;
  }> => {
    const subjectId = await bench.aPerson();
    const about = { source: 'CONSUMER_DIRECT', purpose: 'IDENTITY_VERIFICATION', element: 'SELFIE' } as const;
    const document = { subjectId, ...about, collectedAt: bench.clock.now(), mediaType: 'image/png' };
    const body = { bytes: Readable.from([SECRET]), sizeBytes: null, sha256: null };
    await bench.subjects.addDocument.run(bench.bank, { document, body, identity: null });
    const order = await bench.order(subjectId, { audience: 'BUSINESS' });
    const directory = join(bench.objectDirectory, subjectPrefix(bench.bank.tenantId, subjectId));
    const [id = ''] = readdirSync(directory);
    return { order, subjectId, file: join(directory, id), id };
  };

  /** Neither a row of a package nor bytes but those of the document. */
  const expectNothingOf = async (subjectId: SubjectId) => {
    expect(await bench.within((tx) => tx.package.count({ where: { subjectId } }))).toBe(0);
    const prefix = subjectPrefix(bench.bank.tenantId, subjectId);
    expect(await bench.objects.remaining({ prefix })).toBe(1);
  };
  const expectWhole = async (order: PackageOrder) => {
    const files = unzipped(await bench.packed(order));
    expect([...files.values()].some((bytes) => bytes.equals(SECRET))).toBe(true);
  };

  it.each([
    [
      'truncated',
      'SEAL_BROKEN',
      (file: string) => {
        truncateSync(file, 200_000);
      },
    ],
    [
      'truncated by a byte',
      'SEAL_BROKEN',
      (file: string) => {
        truncateSync(file, 300_015);
      },
    ],
    [
      'empty',
      'SEAL_BROKEN',
      (file: string) => {
        truncateSync(file, 0);
      },
    ],
    [
      'tampered with',
      'SEAL_BROKEN',
      (file: string) => {
        const bytes = readFileSync(file);
        bytes.writeUInt8(bytes.readUInt8(1000) ^ 1, 1000);
        writeFileSync(file, bytes);
      },
    ],
  ])(
    'a document that is %s is refused by name, nothing is released, and it goes on once it is whole',
    async (_, code, harm) => {
      const { order, subjectId, file, id } = await aPerson();
      const sound = readFileSync(file);
      harm(file);
      const refused = await bench
        .room()
        .build.run(order, NO_BEAT)
        .catch((error: unknown) => error);
      expect(refused).toMatchObject({ code, documentId: id });
      expect((refused as Error).message).toContain(id);
      await expectNothingOf(subjectId);
      writeFileSync(file, sound);
      await expectWhole(order);
    },
  );

  it('a value that is tampered with is refused, and nothing is released', async () => {
    const { order, subjectId } = await aPerson();
    const [record] = await bench.within((tx) => tx.record.findMany({ where: { subjectId } }));
    const sealed = Buffer.from(record!.sealed);
    sealed.writeUInt8(sealed.readUInt8(20) ^ 1, 20);
    await bench.owner(`update record set sealed = '\\x${sealed.toString('hex')}' where id = '${record!.id}'`);
    const refused = bench.room().build.run(order, NO_BEAT);
    await expect(refused).rejects.toMatchObject({ code: 'SEAL_BROKEN' });
    await expectNothingOf(subjectId);
  });

  it.each(['get', 'put'] as const)('waits while the object store does not answer to %s', async (act) => {
    const { order, subjectId } = await aPerson();
    const away = awayFor(bench.objects, act);
    const refused = bench.room({ objects: away }).build.run(order, NO_BEAT);
    await expect(refused).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    await expectNothingOf(subjectId);
    await expectWhole(order);
  });

  it('waits while the disk of the object store is full, and leaves no part on it', async () => {
    const { order, subjectId } = await aPerson();
    const handle = await open('/dev/null');
    const kind = Object.getPrototypeOf(handle) as FileHandle;
    await handle.close();
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), {
      code: 'ENOSPC',
      syscall: 'write',
    });
    const write = jest.spyOn(kind, 'write').mockRejectedValue(full);
    const refused = bench.room().build.run(order, NO_BEAT);
    await expect(refused).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    expect(write).toHaveBeenCalled();
    write.mockRestore();
    await expectNothingOf(subjectId);
    await expectWhole(order);
  });

  it('waits while the data database does not answer, and forgets nothing that is held', async () => {
    const { order } = await aPerson();
    const within = jest
      .spyOn(bench.tenancy, 'forTenant')
      .mockRejectedValue(new DomainError('SERVICE_UNAVAILABLE', 'away'));
    await expect(bench.room().build.run(order, NO_BEAT)).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
    });
    within.mockRestore();
    await expectWhole(order);
  });
});

/** The store, not answering to one of its acts. */
const awayFor = (objects: ObjectStore, act: 'get' | 'put'): ObjectStore =>
  new Proxy(objects, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name, target);
      if (name === act)
        return () => {
          throw new DomainError('SERVICE_UNAVAILABLE', 'The object store did not answer.');
        };
      return typeof member === 'function' ? (member as () => unknown).bind(target) : member;
    },
  });
