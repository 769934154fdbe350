import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { type Caller } from '@personr/audit';
import { type DocumentId, newId, type SubjectId } from '@personr/kernel';
import { SettableClock } from '@personr/kernel/testing';
import { type ObjectStore, objectNameOf, subjectPrefix } from '@personr/stores';
import { anObjectStore, houseStores } from '@personr/stores/testing';
import { openTenancy, type Tenancy } from '@personr/tenancy';
import { aTenant } from '@personr/tenancy/testing';
import { createTestDatabases, type TestDatabases } from '@personr/testkit';
import { openTestVault, type TestVault } from '@personr/vault/testing';
import pg from 'pg';
import { type DocumentBody, type NewDocument } from './document.js';
import { markErasing, removeSubject } from './subject.repository.js';
import { aNewSubject, subjectsOver } from './testing.js';

const PURPOSE = 'IDENTITY_VERIFICATION';
const BYTES = randomBytes(5_000_000);

async function* pieces(...parts: readonly Uint8Array[]): AsyncIterable<Uint8Array> {
  for (const part of parts) yield await Promise.resolve(part);
}

/** A body whose second half comes after `between` has run. */
const halting = (between: () => unknown): DocumentBody => ({
  sizeBytes: null,
  sha256: null,
  bytes: (async function* halves() {
    yield BYTES.subarray(0, 4_500_000);
    await between();
    yield BYTES.subarray(4_500_000);
  })(),
});

const whole = (bytes: Uint8Array = BYTES): DocumentBody => ({
  bytes: pieces(bytes),
  sizeBytes: bytes.length,
  sha256: null,
});

describe('documents', () => {
  let databases: TestDatabases;
  let tenancy: Tenancy;
  let opened: TestVault;
  let owner: pg.Client;
  let objects: ObjectStore;
  let room: ReturnType<typeof subjectsOver>;
  let bank: Caller;
  let subjectId: SubjectId;
  let count = 0;
  const clock = new SettableClock('2026-11-24T18:00:00.000Z');

  beforeAll(async () => {
    databases = await createTestDatabases();
    tenancy = openTenancy(databases);
    opened = await openTestVault({ keystoreUrl: databases.keystoreUrl, clock });
    owner = new pg.Client({ connectionString: databases.ownerUrl });
    await owner.connect();
    objects = anObjectStore();
    room = subjectsOver({ tenancy, vault: opened.vault, clock, objects });
    const tenantId = await aTenant(tenancy, clock.now());
    await opened.vault.openTenant(tenantId);
    bank = { tenantId, actor: { kind: 'API_CLIENT', id: newId(clock.now()) } };
  });

  beforeEach(async () => {
    count += 1;
    subjectId = (await room.admit.run(bank, aNewSubject(`cust-${count}`), null)).id;
  });

  afterAll(async () => {
    await tenancy.close();
    await opened.close();
    await owner.end();
    await databases.drop();
  });

  const document = (changes: Partial<NewDocument> = {}): NewDocument => ({
    subjectId,
    element: 'SELFIE',
    source: 'CONSUMER_DIRECT',
    purpose: PURPOSE,
    collectedAt: new Date('2026-11-20T10:00:00.007Z'),
    mediaType: 'image/png',
    ...changes,
  });
  const add = (body = whole(), changes: Partial<NewDocument> = {}) =>
    room.addDocument.run(bank, { document: document(changes), body, identity: null });
  const open = async (id: DocumentId): Promise<Buffer> => {
    const reading = { subjectId, documentId: id, purpose: PURPOSE, part: () => null };
    return buffer((await room.readDocument.run(bank, reading)).bytes);
  };
  const within = <T>(work: Parameters<Tenancy['forTenant']>[1]) =>
    tenancy.forTenant(bank.tenantId, work) as Promise<T>;
  const mark = () => within((tx) => markErasing(tx, subjectId, { by: newId(clock.now()), isWhole: true }));
  const shred = async () => {
    const keys = await opened.vault.keysOf(bank.tenantId, subjectId);
    await opened.vault.shred(bank.tenantId, keys, { instructionId: newId(clock.now()) });
  };
  /** What an execution does to a subject, in short. */
  const erase = async () => {
    await mark();
    await shred();
    await within(async (tx) => {
      for (const store of houseStores(objects).all()) await store.erase(tx, { subjectId });
      await removeSubject(tx, subjectId);
    });
  };
  const rows = async (table: string): Promise<number> =>
    (await owner.query(`select 1 from ${table} where subject_id = $1`, [subjectId])).rows.length;
  const objectsHeld = () => objects.remaining({ prefix: subjectPrefix(bank.tenantId, subjectId) });
  const keysOfDocuments = async (): Promise<number> => {
    const owned = await opened.vault.owners(bank.tenantId, { tree: 'SUBJECTS', after: null, limit: 1000 });
    const { keys = [] } = owned.find((each) => each.owner === subjectId) ?? {};
    return keys.filter(({ label }) => label.startsWith('document:')).length;
  };
  const expectNothing = async () => {
    expect(await keysOfDocuments()).toBe(0);
    expect([await rows('document'), await rows('document_upload'), await objectsHeld()]).toEqual([0, 0, 0]);
  };

  it('open to what was added, each under a key of its own', async () => {
    const other = randomBytes(100);
    const [one, two] = [await add(), await add(whole(other))];
    expect((await open(one.id)).equals(BYTES)).toBe(true);
    expect((await open(two.id)).equals(other)).toBe(true);
    const { rows: keys } = await owner.query<{ key_id: string }>(
      'select distinct key_id from document where subject_id = $1',
      [subjectId],
    );
    expect(keys).toHaveLength(2);
  });

  it('rest without their digest in the clear: not in a row, not in an entry', async () => {
    const { sha256 } = await add();
    const digest = Buffer.from(sha256);
    const spellings = [digest.toString('hex'), digest.toString('base64')];
    for (const table of ['document', 'document_upload', 'audit_outbox']) {
      const { rows: found } = await owner.query<{ row: string }>(`select t::text as row from ${table} t`);
      for (const spelling of spellings) expect(found.map(({ row }) => row).join()).not.toContain(spelling);
    }
    const { rows: entries } = await owner.query<{ entry: Buffer }>('select entry from audit_outbox');
    const added = entries
      .map(({ entry }) => entry.toString())
      .filter((entry) => entry.includes('document.added'));
    expect(added.length).toBeGreaterThan(0);
    for (const spelling of spellings) expect(added.join()).not.toContain(spelling);
    expect(added.at(-1)).toMatch(/"commitment":"[A-Za-z0-9+/]{43}="/);
  });

  describe('R-60: under way', () => {
    it('are refused once an erasure has begun, and leave nothing', async () => {
      await expect(add(halting(mark))).rejects.toMatchObject({ code: 'SUBJECT_BEING_ERASED' });
      await expectNothing();
    });

    it('take no chunk more once their key is shredded, and leave nothing', async () => {
      const body = halting(async () => {
        await mark();
        await shred();
      });
      await expect(add(body)).rejects.toMatchObject({ code: 'KEY_SHREDDED' });
      await expectNothing();
    });

    it('are gone with an erasure that is done before they are', async () => {
      await expect(add(halting(erase))).rejects.toThrow();
      await expectNothing();
    });

    it('do not begin for somebody who is being erased, or gone', async () => {
      await mark();
      await expect(add()).rejects.toMatchObject({ code: 'SUBJECT_BEING_ERASED' });
      await erase();
      await expect(add()).rejects.toMatchObject({ code: 'SUBJECT_NOT_FOUND' });
      await expectNothing();
    });

    it('by many, raced by an erasure, are each refused or erased', async () => {
      const adding = Array.from({ length: 6 }, (_, at) =>
        add(whole(randomBytes(4_300_000 + at))).then(
          () => 'kept',
          () => 'refused',
        ),
      );
      await new Promise((resolve) => setTimeout(resolve, 30));
      await erase();
      await Promise.all(adding);
      await expectNothing();
    });
  });

  describe('that are erased', () => {
    it('R-60: are gone with every object, and an old copy of one does not open', async () => {
      const { id } = await add();
      const name = objectNameOf(bank.tenantId, { subjectId, id });
      const copy = await buffer(objects.get(name));
      const { rows: row } = await owner.query<{ key_id: string; nonce_prefix: Buffer }>(
        'select key_id, nonce_prefix from document where id = $1',
        [id],
      );
      await erase();
      await expectNothing();
      const key = { keyId: row[0]!.key_id as never, noncePrefix: row[0]!.nonce_prefix };
      const opener = opened.vault.opener(bank.tenantId, {
        ...key,
        binding: ['document', subjectId, 'SELFIE', id],
      });
      const sealed = copy.subarray(0, 4 * 1024 * 1024 + 16);
      await expect(opener.open({ index: 0, isLast: false, sealed })).rejects.toMatchObject({
        code: 'KEY_SHREDDED',
      });
    });

    it('R-67: in part leave the others as they were', async () => {
      const [kept, gone] = [await add(whole(), { element: 'SIGNATURE' }), await add()];
      const scope = { subjectId, elements: ['SELFIE'] as const };
      const [, documents] = houseStores(objects).all();
      expect(await within((tx) => documents!.keyLabels!(tx, [scope]))).toEqual(
        new Map([[subjectId, [`document:${gone.id}`]]]),
      );
      expect(await within((tx) => documents!.erase(tx, scope))).toBe(1);
      expect(await within((tx) => documents!.remaining(tx, scope))).toBe(0);
      expect((await open(kept.id)).equals(BYTES)).toBe(true);
      await expect(open(gone.id)).rejects.toMatchObject({ code: 'DOCUMENT_NOT_FOUND' });
    });

    it('R-60: are counted as long as an object is left that no row knows of', async () => {
      const [, documents] = houseStores(objects).all();
      await objects.put(`${subjectPrefix(bank.tenantId, subjectId)}${newId(clock.now())}`, pieces(BYTES));
      for (const scope of [{ subjectId }, { subjectId, elements: ['SELFIE'] as const }]) {
        expect(await within((tx) => documents!.remaining(tx, scope))).toBe(1);
      }
      expect(await within((tx) => documents!.remaining(tx, { subjectId, elements: [] }))).toBe(0);
      await within((tx) => documents!.erase(tx, { subjectId }));
      expect(await within((tx) => documents!.remaining(tx, { subjectId }))).toBe(0);
    });
  });

  it('that break off leave nothing: no row, no object, no key', async () => {
    const broken = halting(() => Promise.reject(new Error('the sender went away')));
    await expect(add(broken)).rejects.toThrow('the sender went away');
    await expectNothing();
  });

  describe('that nobody finished', () => {
    /** What a process leaves that dies in the middle of an upload, or just before its end. */
    const abandoned = async (): Promise<void> => {
      const id = newId<'document'>(clock.now());
      await opened.vault.keysFor(bank.tenantId, subjectId, [`document:${id}`]);
      await owner.query(`insert into document_upload values ($1, $2, $3, 'SELFIE', $4)`, [
        bank.tenantId,
        id,
        subjectId,
        new Date(clock.now().getTime() + 1000),
      ]);
      await objects.put(objectNameOf(bank.tenantId, { subjectId, id }), pieces(BYTES));
    };

    it('are swept when their time is up, not before, and nothing else is', async () => {
      await abandoned();
      const { id } = await add();
      expect(await room.sweepUploads.run()).toBe(0);
      expect(await objectsHeld()).toBe(2);
      clock.advance(2000);
      expect(await room.sweepUploads.run()).toBe(1);
      expect(await rows('document_upload')).toBe(0);
      expect([await objectsHeld(), await keysOfDocuments()]).toEqual([1, 1]);
      expect((await open(id)).equals(BYTES)).toBe(true);
      expect(await room.sweepUploads.run()).toBe(0);
    });

    it('are swept too when their subject has been erased meanwhile', async () => {
      await abandoned();
      await erase();
      // What was still on its way to the object store arrives after the erasure.
      const { rows: upload } = await owner.query<{ id: DocumentId }>(
        'select id from document_upload where subject_id = $1',
        [subjectId],
      );
      await objects.put(objectNameOf(bank.tenantId, { subjectId, id: upload[0]!.id }), pieces(BYTES));
      clock.advance(2000);
      expect(await room.sweepUploads.run()).toBe(1);
      await expectNothing();
    });

    it('but live are left alone: an upload says so while bytes come', async () => {
      const body: DocumentBody = {
        sizeBytes: null,
        sha256: null,
        bytes: (async function* slow() {
          for (let at = 0; at < 20; at += 1) {
            clock.advance(60_000);
            yield randomBytes(10);
            expect(await room.sweepUploads.run()).toBe(0);
          }
        })(),
      };
      expect((await add(body)).sizeBytes).toBe(200);
    });

    it('and were swept as dead are not kept when they wake, and leave nothing', async () => {
      const body = halting(async () => {
        clock.advance(400_000);
        expect(await room.sweepUploads.run()).toBe(1);
      });
      await expect(add(body)).rejects.toMatchObject({ code: 'UPLOAD_INTERRUPTED' });
      await expectNothing();
    });

    it('are not removed by whoever does not know that they were kept after all', async () => {
      const failing = Object.create(tenancy) as Tenancy;
      let transactions = 0;
      failing.forTenant = async (tenantId, work) => {
        transactions += 1;
        const answer = await tenancy.forTenant(tenantId, work);
        // The third is the one that makes it a document: its answer is lost after the commit.
        if (transactions === 3) throw new Error('the answer was lost');
        return answer;
      };
      const cut = subjectsOver({ tenancy: failing, vault: opened.vault, clock, objects });
      await expect(
        cut.addDocument.run(bank, { document: document(), body: whole(), identity: null }),
      ).rejects.toThrow('the answer was lost');
      const { rows: kept } = await owner.query<{ id: DocumentId }>(
        'select id from document where subject_id = $1',
        [subjectId],
      );
      expect(kept).toHaveLength(1);
      expect((await open(kept[0]!.id)).equals(BYTES)).toBe(true);
    });
  });
});
