import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { type LeavingOrder } from '@personr/instruction';
import { aReturn } from '@personr/instruction/testing';
import { type DocumentId, type SubjectId, type TenantId } from '@personr/kernel';
import { type OpenedPackage } from '@personr/packages';
import { packagesOver } from '@personr/packages/testing';
import { objectNameOf, tenantPrefix } from '@personr/stores';
import { aNewConsent, aNewRecord, subjectsOver } from '@personr/subjects/testing';
import { Tenancy, type TenantTx } from '@personr/tenancy';
import { tempDirectory } from '@personr/testkit';
import { Bench, type Leaving, OBJECTS } from './execution.bench.spec-helper.js';
import { DyingTenancy, Fault } from './execution.faults.spec-helper.js';
import { type RunExecution } from './run-execution.js';
import { sweepEverythingOver, sweepObjectsOver } from './testing.js';

const RETURN: Partial<LeavingOrder> = { type: 'RETURN' };
const SMALL = { partLimits: { subjects: 2, bytes: 1 << 20 } };
const STORY = [
  'instruction.accepted',
  'package.started',
  'package.sealed',
  'transfer.sent',
  'transfer.acknowledged',
  'erasure.started',
  'tenant-root.destroyed',
  'erasure.verified',
  'instruction.closed',
];

type Line = {
  readonly id: SubjectId;
  readonly records: readonly { element: string; value: unknown }[];
  readonly consents: readonly unknown[];
  readonly documents: readonly { path: string; sha256: string }[];
};
type Manifest = {
  readonly counts: Record<string, number>;
  readonly parts: readonly { part: number; sha256: string; manifestSha256: string; sizeBytes: number }[];
};

/** Doors, between whose first transaction and whose second something happens. */
class BetweenTransactions extends Tenancy {
  private transactions = 0;

  constructor(
    private readonly sound: Tenancy,
    private readonly happens: () => Promise<void>,
  ) {
    super({} as never);
  }

  override async forTenant<T>(tenantId: TenantId, work: (tx: TenantTx) => Promise<T>): Promise<T> {
    this.transactions += 1;
    if (this.transactions === 2) await this.happens();
    return this.sound.forTenant(tenantId, work);
  }
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

describe('the return of everything that a tenant has', () => {
  let house: Bench;

  beforeAll(async () => {
    house = await Bench.open();
  });

  afterAll(() => house.close());

  /** A tenant with subjects, each with four values, every second with a document. */
  const aBank = async (size = 5): Promise<{ bench: Bench; subjects: SubjectId[] }> => {
    house.clock.advance(1000);
    const bench = await house.another();
    const subjects: SubjectId[] = [];
    for (let number = 0; number < size; number += 1) {
      // Ids of one millisecond have no order.
      house.clock.advance(1);
      const subjectId = await bench.admit(`cust-${number}`);
      if (number % 2 === 0) await bench.addDocument(subjectId);
      subjects.push(subjectId);
    }
    return { bench, subjects };
  };

  const readerOf = ({ parts, clock }: Bench) =>
    packagesOver({ ...parts, objects: OBJECTS, clock, signer: { forOrigin: () => null as never } }).read;
  const bytesOf = async ({ bytes }: OpenedPackage): Promise<Buffer> => {
    const pieces: Uint8Array[] = [];
    for await (const piece of bytes) pieces.push(Buffer.from(piece));
    return Buffer.concat(pieces);
  };
  const taken = async (bench: Bench, { instructionId }: Leaving, part = 0): Promise<Buffer> =>
    bytesOf(await readerOf(bench).run(bench.bank, instructionId, () => null, part));
  const fileIn = (zip: Buffer, name: string): Buffer => {
    const path = join(tempDirectory('returned'), 'part.zip');
    writeFileSync(path, zip);
    return execFileSync('unzip', ['-p', path, name]);
  };
  const stateOf = async (bench: Bench, order: Leaving) => (await bench.view(order)).instruction.state;

  /** What the Business has when it took every part, each checked against the listing. */
  const takenWhole = async (bench: Bench, order: Leaving) => {
    const listing = fileIn(await taken(bench, order), 'manifest.json');
    const manifest = JSON.parse(listing.toString()) as Manifest;
    const lines: Line[] = [];
    for (const { part, sizeBytes, ...hashes } of manifest.parts) {
      const zip = await taken(bench, order, part);
      expect([zip.length, sha256(zip)]).toEqual([sizeBytes, hashes.sha256]);
      expect(sha256(fileIn(zip, 'manifest.json'))).toBe(hashes.manifestSha256);
      const own = fileIn(zip, 'subjects.ndjson').toString().trimEnd().split('\n');
      for (const line of own.map((text) => JSON.parse(text) as Line)) {
        lines.push(line);
        for (const { path, sha256: expected } of line.documents)
          expect(sha256(fileIn(zip, path))).toBe(expected);
      }
    }
    return { manifest, manifestSha256: sha256(listing), lines };
  };

  const untilSent = async (
    bench: Bench,
    order: Leaving,
    worker: RunExecution = bench.worker({}, 1, SMALL),
  ): Promise<void> => {
    const failures: unknown[] = [];
    for (let round = 0; round < 20; round += 1) {
      await bench.run(worker, order).catch((error: unknown) => failures.push(error));
      if ((await stateOf(bench, order)) === 'AWAITING_TRANSFER_ACK') break;
      bench.waitForLease();
    }
    const { lastCode } = await bench.within((tx) =>
      tx.work.findFirstOrThrow({ where: { referenceId: order.instructionId, kind: 'EXECUTE_INSTRUCTION' } }),
    );
    if (lastCode !== null) failures.push(lastCode);
    expect([await stateOf(bench, order), failures]).toEqual(['AWAITING_TRANSFER_ACK', []]);
    bench.clock.advance(1000);
  };
  const untilEnded = async (bench: Bench, order: Leaving): Promise<string> => {
    for (let round = 0; round < 20; round += 1) {
      await bench.run(bench.worker(), order).catch(() => false);
      const { state, finishedAt } = (await bench.view(order)).instruction;
      if (finishedAt !== null) return state;
      bench.waitForLease();
    }
    return stateOf(bench, order);
  };
  const acknowledge = async (bench: Bench, order: Leaving, manifestSha256: string) =>
    bench.acknowledge({ id: order.instructionId, manifestSha256, receivedAt: bench.clock.now() });
  const leftOf = async ({ bank, owner, parts }: Bench) => {
    const { rows } = await owner.query<Record<string, number>>(
      `select (select count(*)::int from record where tenant_id = $1) as records,
              (select count(*)::int from document where tenant_id = $1) as documents,
              (select count(*)::int from package where tenant_id = $1) as packages,
              (select count(*)::int from subject where tenant_id = $1) as subjects`,
      [bank.tenantId],
    );
    const objects = await OBJECTS.remaining({ prefix: tenantPrefix(bank.tenantId) });
    const owners = await parts.vault.owners(bank.tenantId, { tree: 'SUBJECTS', after: null, limit: 10 });
    return { ...rows[0]!, objects, owners: owners.length };
  };
  const NOTHING = { records: 0, documents: 0, packages: 0, subjects: 0, objects: 0, owners: 0 };
  const idsOf = (lines: readonly Line[]) => lines.map(({ id }) => id);

  it('R-43, R-55, R-59: gives every subject once, whole, in parts, and erases all of it when the listing is acknowledged', async () => {
    const { bench, subjects } = await aBank();
    const other = await aBank(1);
    const before = await leftOf(other.bench);
    const order = await bench.leave(RETURN);
    await untilSent(bench, order);
    const { manifest, manifestSha256, lines } = await takenWhole(bench, order);
    expect(idsOf(lines)).toEqual(subjects);
    for (const [at, line] of lines.entries()) {
      expect(JSON.stringify(line.records)).toContain(`cust-${at}`);
      expect([line.records.length, line.documents.length]).toEqual([4, at % 2 === 0 ? 1 : 0]);
    }
    expect(manifest.counts).toMatchObject({ parts: 3, subjects: 5, records: 20, documents: 3, withheld: 0 });
    const { transfer, instruction, steps } = await bench.view(order);
    expect(transfer).toMatchObject({ manifestSha256, parts: 3, subjects: 5, by: 'DOWNLOAD' });
    expect(instruction.flags).toContain('INTAKE_CLOSED');
    const build = steps.find(({ name }) => name === 'BUILD_PACKAGE');
    expect(build).toMatchObject({ state: 'DONE', done: 5, total: 5, bytes: manifest.counts.sizeBytes });

    await acknowledge(bench, order, manifestSha256);
    expect(await untilEnded(bench, order)).toBe('COMPLETED');
    expect(await leftOf(bench)).toEqual(NOTHING);
    const verdict = await bench.receipt(order);
    expect(verdict.body).toMatchObject({
      type: 'RETURN',
      answer: { nature: 'RETURNED_AND_ERASED' },
      package: { manifestSha256, parts: 3, subjects: 5, records: 20, documents: 3, hasLater: false },
    });
    expect(verdict.body.stores).toContainEqual({ store: 'packages', erased: 4, remaining: 0 });
    expect(verdict.body.stores).toContainEqual({ store: 'subjects', erased: 5, remaining: 0 });
    const story = (await bench.story(order)).filter((event) => event !== 'package.downloaded');
    expect(story.sort()).toEqual([...STORY].sort());
    await expect(taken(bench, order, 1)).rejects.toMatchObject({ code: 'PACKAGE_EXPIRED' });
    expect(await leftOf(other.bench)).toEqual(before);
  });

  it.each(['before the commit', 'after the commit'] as const)(
    'R-57: loses and doubles nobody when a worker dies %s, at any transaction, and destroys nothing',
    async (when) => {
      for (let at = 1; ; at += 1) {
        const { bench, subjects } = await aBank(3);
        const order = await bench.leave(RETURN);
        const tenancy = new DyingTenancy(bench.tenancy, { at, when });
        await bench.run(bench.worker({ tenancy }, 1, SMALL), order).catch((error: unknown) => {
          expect(error).toBeInstanceOf(Fault);
        });
        expect(await leftOf(bench)).toMatchObject({ records: 12, documents: 2, subjects: 3 });
        bench.waitForLease();
        await untilSent(bench, order);
        const { manifestSha256, lines } = await takenWhole(bench, order);
        expect(idsOf(lines)).toEqual(subjects);
        if (at % 8 === 0 || tenancy.survived) {
          await acknowledge(bench, order, manifestSha256);
          await bench.owner.query(`update package set ends_at = now() where state = 'BUILDING'`);
          expect(await untilEnded(bench, order)).toBe('COMPLETED');
          expect(await leftOf(bench)).toEqual(NOTHING);
        }
        if (tenancy.survived) return;
      }
    },
    180_000,
  );

  it('R-57: takes nothing in once it was ordered, also of who had begun before', async () => {
    const { bench, subjects } = await aBank(2);
    const [first, second] = subjects as [SubjectId, SubjectId];
    const LEAVING = { code: 'TENANT_LEAVING' };
    const records = { subjectId: first, records: [aNewRecord()] };
    let order: Leaving | undefined;
    const about = { source: 'CONSUMER_DIRECT', purpose: 'IDENTITY_VERIFICATION' } as const;
    const collected = { collectedAt: bench.clock.now(), mediaType: 'image/png' };
    const document = { subjectId: second, element: 'SELFIE' as const, ...about, ...collected };
    // Values whose agreement was looked at before, and an upload that is half here.
    const late = subjectsOver({
      ...bench.parts,
      tenancy: new BetweenTransactions(bench.tenancy, async () => void (order = await bench.leave(RETURN))),
      clock: bench.clock,
      objects: OBJECTS,
    });
    const bytes = Readable.from(
      (async function* half() {
        yield Buffer.from('half of ');
        await expect(late.add.run(bench.bank, records, null)).rejects.toMatchObject(LEAVING);
        yield Buffer.from('a picture');
      })(),
    );
    const body = { bytes, sizeBytes: null, sha256: null };
    await expect(
      bench.subjects.addDocument.run(bench.bank, { document, body, identity: null }),
    ).rejects.toMatchObject(LEAVING);
    if (order === undefined) throw new Error('the order was not given in between');
    await expect(bench.admit('cust-late')).rejects.toMatchObject(LEAVING);
    await expect(bench.admit('cust-1', { records: [aNewRecord()] })).rejects.toMatchObject(LEAVING);
    await expect(bench.subjects.add.run(bench.bank, records, null)).rejects.toMatchObject(LEAVING);
    const consent = { subjectId: first, consent: aNewConsent() };
    await expect(bench.subjects.giveConsent.run(bench.bank, consent, null)).rejects.toMatchObject(LEAVING);
    await untilSent(bench, order);
    const counts = { subjects: 2, records: 8, documents: 1, consents: 0 };
    expect((await takenWhole(bench, order)).manifest.counts).toMatchObject(counts);
  });

  it('R-57: builds the same parts anew after a mismatch, and an honest acknowledgement still fits', async () => {
    const { bench } = await aBank(3);
    const order = await bench.leave(RETURN);
    await untilSent(bench, order);
    const { manifestSha256 } = await takenWhole(bench, order);
    await expect(acknowledge(bench, order, 'f'.repeat(64))).rejects.toMatchObject({
      code: 'MANIFEST_MISMATCH',
    });
    expect(await stateOf(bench, order)).toBe('PACKAGING');
    await expect(acknowledge(bench, order, manifestSha256)).rejects.toMatchObject({
      code: 'ILLEGAL_TRANSITION',
    });
    bench.waitForLease();
    await untilSent(bench, order);
    expect((await takenWhole(bench, order)).manifestSha256).toBe(manifestSha256);
    expect(await leftOf(bench)).toMatchObject({ subjects: 3, records: 12 });
    await acknowledge(bench, order, manifestSha256);
    await acknowledge(bench, order, manifestSha256);
    expect(await untilEnded(bench, order)).toBe('COMPLETED');
    expect(await leftOf(bench)).toEqual(NOTHING);
  });

  it('R-55, R-58: erases nothing on silence, and nothing by the order to erase everything', async () => {
    const { bench, subjects } = await aBank(2);
    const order = await bench.leave(RETURN);
    await untilSent(bench, order);
    bench.clock.advance(40 * 86_400_000);
    expect(await bench.run(bench.worker(), order)).toBe(false);
    await expect(bench.leave()).rejects.toMatchObject({ code: 'TRANSFER_NOT_ACKNOWLEDGED' });
    const again = await bench.leave(RETURN);
    expect(again.instructionId).toBe(order.instructionId);
    expect(idsOf((await takenWhole(bench, order)).lines)).toEqual(subjects);
  });

  it('R-53: gives nothing while a document is broken, and names it, once; goes on when it is whole again', async () => {
    const { bench, subjects } = await aBank(3);
    const third = subjects[2]!;
    const { id } = await bench.within((tx) => tx.document.findFirstOrThrow({ where: { subjectId: third } }));
    const name = objectNameOf(bench.bank.tenantId, { subjectId: third, id: id as DocumentId });
    const kept: Uint8Array[] = [];
    for await (const piece of OBJECTS.get(name)) kept.push(Buffer.from(piece));
    await OBJECTS.remove({ prefix: name });
    const order = await bench.leave(RETURN);
    for (let round = 0; round < 3; round += 1) {
      expect(await bench.run(bench.worker({}, 1, SMALL), order)).toBe(false);
      bench.waitForLease();
    }
    expect(await stateOf(bench, order)).toBe('PACKAGING');
    const { steps } = await bench.view(order);
    expect(steps.find((step) => step.name === 'BUILD_PACKAGE')).toMatchObject({ done: 2, total: 3 });
    const { entries } = await bench.log();
    expect(entries.filter(({ event }) => event === 'package.blocked')).toEqual([
      expect.objectContaining({
        instructionId: order.instructionId,
        reasonCode: 'OBJECT_MISSING',
        detail: { documentId: id },
      }),
    ]);
    await OBJECTS.put(name, Readable.from(kept));
    await untilSent(bench, order);
    expect(idsOf((await takenWhole(bench, order)).lines)).toEqual(subjects);
  });

  it("R-53: parts are found by whoever sweeps, and are nobody else's", async () => {
    const { bench } = await aBank(3);
    const order = await bench.leave(RETURN);
    await untilSent(bench, order);
    bench.clock.advance(2 * 3_600_000);
    const { tenantId } = bench.bank;
    const parts = { ...bench.parts, clock: bench.clock, objects: OBJECTS };
    const { tenants } = await sweepObjectsOver(parts).run(new Set([tenantId]));
    expect(tenants.get(tenantId)).toEqual({ objects: 5, objectsRemoved: 0, objectsWithoutRow: 0 });
    const swept = await sweepEverythingOver(parts).run(tenantId);
    expect(swept).toMatchObject({ residues: 0, rowsWithoutKey: 0, keysWithoutSubject: 0 });
    expect((await takenWhole(bench, order)).lines).toHaveLength(3);
  });

  it('R-78, R-79, R-85: returns what is on hold and keeps it; when the hold ends it goes by itself', async () => {
    const { bench, subjects } = await aBank(3);
    const held = subjects[1]!;
    const hold = await bench.hold(held, { ground: 'EX_LEGAL', elements: ['EMAIL_ADDRESS'] });
    const order = await bench.leave(RETURN);
    await untilSent(bench, order);
    const { manifestSha256, lines } = await takenWhole(bench, order);
    expect(lines[1]?.records).toHaveLength(4);
    await acknowledge(bench, order, manifestSha256);
    expect(await untilEnded(bench, order)).toBe('COMPLETED_WITH_EXCEPTIONS');
    expect(await leftOf(bench)).toMatchObject({ subjects: 1, records: 1, packages: 0, objects: 0 });
    const { body } = await bench.receipt(order);
    expect(body.answer.nature).toBe('RETURNED_AND_ERASED_BUT_FOR_WHAT_IS_HELD');
    expect(body.exceptions).toEqual([{ ground: 'EX_LEGAL', holds: 1, subjects: 1, endsAt: null }]);
    await bench.release(hold);
    bench.waitForLease();
    expect(await untilEnded(bench, order)).toBe('COMPLETED');
    expect(await leftOf(bench)).toEqual(NOTHING);
  });

  it('R-78: does not give what an erasure left because of a hold; names how much it is', async () => {
    const { bench, subjects } = await aBank(2);
    const [first] = subjects as [SubjectId];
    await bench.hold(first, { ground: 'EX_LEGAL', elements: ['EMAIL_ADDRESS'] });
    const erased = await bench.instruct(first);
    await bench.run(bench.worker(), erased);
    expect(await stateOf(bench, erased)).toBe('COMPLETED_WITH_EXCEPTIONS');
    const order = await bench.leave(RETURN);
    await untilSent(bench, order);
    const { manifest, lines } = await takenWhole(bench, order);
    expect(lines.find(({ id }) => id === first)?.records).toEqual([]);
    expect(manifest.counts).toMatchObject({ subjects: 2, records: 4, withheld: 1 });
  });

  it('R-52: packs nobody who is being erased, and erases nobody who is packed before it has arrived', async () => {
    const { bench, subjects } = await aBank(3);
    const [first, second] = subjects as [SubjectId, SubjectId];
    const hold = await bench.hold(second, { ground: 'EX_COURT', elements: [] });
    const ordered = await bench.instruct(first);
    const onHold = await bench.instruct(second);
    await bench.run(bench.worker(), onHold);
    expect(await stateOf(bench, onHold)).toBe('ON_HOLD');
    const order = await bench.leave(RETURN);
    expect(await bench.run(bench.worker({}, 1, SMALL), order)).toBe(false);
    expect(await stateOf(bench, order)).toBe('QUEUED');
    await bench.run(bench.worker(), ordered);
    expect(await stateOf(bench, ordered)).toBe('COMPLETED');
    bench.waitForLease();
    await untilSent(bench, order);
    await bench.release(hold);
    bench.waitForLease();
    expect(await bench.run(bench.worker(), onHold)).toBe(false);
    expect(await stateOf(bench, onHold)).toBe('QUEUED');
    const { lines, manifestSha256 } = await takenWhole(bench, order);
    expect(idsOf(lines)).toEqual(subjects.slice(1));
    await acknowledge(bench, order, manifestSha256);
    expect(await untilEnded(bench, order)).toBe('COMPLETED');
    expect(await untilEnded(bench, onHold)).toBe('COMPLETED');
    expect(await leftOf(bench)).toEqual(NOTHING);
  });

  it('R-03, R-05: is ordered of everything, at the end of the agreement, and left for download', async () => {
    const { bench } = await aBank(1);
    const SCOPE = { code: 'SCOPE_INVALID' };
    await expect(bench.leave({ ...RETURN, basis: 'END_OF_PURPOSE' })).rejects.toMatchObject(SCOPE);
    await expect(bench.leave({ ...RETURN, scopeElements: ['EMAIL_ADDRESS'] })).rejects.toMatchObject(SCOPE);
    await expect(
      bench.leave({ ...RETURN, return: { endpointId: bench.bank.clientId as never, encryptTo: null } }),
    ).rejects.toMatchObject(SCOPE);
    const subjectId = await bench.admit('cust-single');
    await bench.instruct(subjectId, aReturn({ subject: { by: 'ID', id: subjectId } }));
    await expect(bench.leave(RETURN)).rejects.toMatchObject({ code: 'TRANSFER_NOT_ACKNOWLEDGED' });
  });

  it('returns nothing of a tenant of whom nothing is held, and says so', async () => {
    const { bench } = await aBank(0);
    const order = await bench.leave(RETURN);
    await untilSent(bench, order);
    const { manifest, manifestSha256 } = await takenWhole(bench, order);
    expect(manifest.parts).toEqual([]);
    await acknowledge(bench, order, manifestSha256);
    expect(await untilEnded(bench, order)).toBe('COMPLETED');
    expect(await leftOf(bench)).toEqual(NOTHING);
  });
});
