import { AuditLog } from '@personr/audit';
import { EndHold, PlaceHold } from '@personr/instruction';
import { anExport } from '@personr/instruction/testing';
import { type SubjectId } from '@personr/kernel';
import { type ElementCode, type ExceptionGround } from '@personr/law';
import { FindSubject, type NewHold } from '@personr/subjects';
import { aNewRecord } from '@personr/subjects/testing';
import { Bench, type Case } from './execution.bench.spec-helper.js';

const PURPOSE = 'IDENTITY_VERIFICATION';
type Detail = { readonly purpose?: string };
const RESTRICTED = { code: 'RESTRICTED_BY_HOLD' };
const NOT_PERMITTED = { code: 'PURPOSE_NOT_PERMITTED' };

describe('R-78: what a hold keeps from an erasure', () => {
  let bench: Bench;

  beforeAll(async () => {
    bench = await Bench.open();
  });

  afterAll(() => bench.close());

  const place = ({ subjectId }: Pick<Case, 'subjectId'>, changes: Partial<NewHold> = {}) =>
    bench.within((tx) =>
      new PlaceHold(bench.subjects.inventory, bench.holds, new AuditLog(), bench.clock).run(tx, bench.bank, {
        hold: {
          subjectId,
          elements: ['FULL_NAME', 'SELFIE'],
          ground: 'EX_LEGAL',
          citation: '31 CFR 1020.220(a)(3)',
          endsAt: new Date(bench.clock.now().getTime() + 86_400_000),
          reviewAt: null,
          ...changes,
        },
        instruction: null,
      }),
    );
  const release = ({ id }: Awaited<ReturnType<typeof place>>) =>
    new EndHold(bench.tenancy, bench.holds, new AuditLog(), bench.clock).release(bench.bank, {
      id,
      reason: 'GROUND_ENDED',
    });
  const read = async (subjectId: SubjectId, purpose: string, elements?: readonly ElementCode[]) => {
    const wanted = elements === undefined ? { subjectId, purpose } : { subjectId, purpose, elements };
    const records = await bench.subjects.read.run(bench.bank, wanted);
    return records.map(({ element }) => element).sort();
  };
  const finder = () => new FindSubject(bench.tenancy, bench.parts.vault);
  const find = (externalId: string) =>
    finder().byIdentities(bench.bank.tenantId, [{ type: 'EXTERNAL_ID', value: externalId }]);
  const listed = async () =>
    (await finder().page(bench.bank.tenantId, { limit: 200, after: null })).map(({ id }) => id);
  const documents = (subjectId: SubjectId, ground?: ExceptionGround) =>
    bench.subjects.readDocument.page(bench.bank.tenantId, {
      subjectId,
      limit: 10,
      after: null,
      ...(ground === undefined ? {} : { ground }),
    });
  const openDocument = async (subjectId: SubjectId, purpose: string) => {
    const [document] = await documents(subjectId, 'EX_LEGAL');
    const reading = { subjectId, documentId: document!.id, purpose, part: () => null };
    const opened = await bench.subjects.readDocument.run(bench.bank, reading);
    for await (const bytes of opened.bytes) expect(bytes.length).toBeGreaterThan(0);
    return opened.sizeBytes;
  };
  /** The entries of reads for this purpose. */
  const entriesFor = async (event: string, purpose: string) => {
    const { entries } = await bench.log();
    return entries.filter((entry) => entry.event === event && (entry.detail as Detail).purpose === purpose);
  };

  it('is read for the ground alone, with an entry that says so, and for no other purpose', async () => {
    const order = await bench.aCase();
    const { subjectId } = order;
    const hold = await place(order);
    expect(await read(subjectId, PURPOSE, ['FULL_NAME'])).toEqual(['FULL_NAME']);
    expect(await bench.run(bench.worker(), order)).toBe(true);
    for (const purpose of [PURPOSE, 'LEGAL_OBLIGATION', 'SECURITY_AND_FRAUD']) {
      await expect(read(subjectId, purpose)).rejects.toMatchObject(RESTRICTED);
      await expect(read(subjectId, purpose, ['FULL_NAME'])).rejects.toMatchObject(RESTRICTED);
      await expect(openDocument(subjectId, purpose)).rejects.toMatchObject(RESTRICTED);
    }
    await expect(read(subjectId, 'EX_COURT')).rejects.toMatchObject(NOT_PERMITTED);
    await expect(read(subjectId, 'EX_LEGAL', ['EMAIL_ADDRESS'])).rejects.toMatchObject(RESTRICTED);
    expect(await read(subjectId, 'EX_LEGAL')).toEqual(['FULL_NAME']);
    expect(await entriesFor('values.read', 'EX_LEGAL')).toMatchObject([
      { detail: { elements: ['FULL_NAME'], records: 1, holds: [hold.id] } },
    ]);
    expect(await openDocument(subjectId, 'EX_LEGAL')).toBe(21);
    expect(await entriesFor('document.read', 'EX_LEGAL')).toMatchObject([
      { detail: { element: 'SELFIE', holds: [hold.id] } },
    ]);
  });

  it('is in no list and no lookup, and its documents only in the list of the ground', async () => {
    const order = await bench.aCase();
    const { subjectId, externalId } = order;
    await place(order, { elements: ['EXTERNAL_ID', 'SELFIE'] });
    expect((await find(externalId))?.id).toBe(subjectId);
    expect(await listed()).toContain(subjectId);
    expect(await documents(subjectId)).toHaveLength(1);
    await bench.run(bench.worker(), order);
    expect(await find(externalId)).toBeNull();
    expect(await listed()).not.toContain(subjectId);
    expect(await documents(subjectId)).toEqual([]);
    expect(await documents(subjectId, 'EX_LEGAL')).toHaveLength(1);
    await expect(documents(subjectId, 'EX_COURT')).rejects.toMatchObject(NOT_PERMITTED);
  });

  it('leaves what the order was not about readable, listed and found', async () => {
    const order = await bench.aCase({ scopeElements: ['FULL_NAME', 'FACE_TEMPLATE'] });
    const { subjectId, externalId } = order;
    await place(order);
    await bench.run(bench.worker(), order);
    expect(await read(subjectId, PURPOSE)).toEqual(['EMAIL_ADDRESS', 'EXTERNAL_ID']);
    await expect(read(subjectId, PURPOSE, ['FULL_NAME'])).rejects.toMatchObject(RESTRICTED);
    expect(await read(subjectId, 'EX_LEGAL')).toEqual(['FULL_NAME']);
    // The hold names it, and no erasure was ordered of it.
    expect(await documents(subjectId)).toHaveLength(1);
    expect((await find(externalId))?.id).toBe(subjectId);
    expect(await listed()).toContain(subjectId);
  });

  it('stays restricted when a second order is about something else', async () => {
    const order = await bench.aCase({ scopeElements: ['FULL_NAME'] });
    const { subjectId } = order;
    // Everything that the first order names is held: it waits.
    await place(order, { elements: ['FULL_NAME', 'FACE_TEMPLATE'] });
    await bench.run(bench.worker(), order);
    const scopeElements = ['FACE_TEMPLATE', 'EMAIL_ADDRESS'] as const;
    const second = await bench.instruct(subjectId, { scopeElements });
    await bench.run(bench.worker(), second);
    for (const element of ['FULL_NAME', 'FACE_TEMPLATE'] as const)
      await expect(read(subjectId, PURPOSE, [element])).rejects.toMatchObject(RESTRICTED);
    expect(await read(subjectId, 'EX_LEGAL')).toEqual(['FACE_TEMPLATE', 'FULL_NAME']);
    expect(await read(subjectId, PURPOSE)).toEqual(['EXTERNAL_ID']);
  });

  it('is everything when everything is held, from the instant on at which the erasure is to begin', async () => {
    const order = await bench.aCase();
    const { subjectId, externalId } = order;
    const hold = await place(order, { elements: [], ground: 'EX_COURT' });
    expect(await read(subjectId, PURPOSE)).toHaveLength(4);
    await bench.run(bench.worker(), order);
    await expect(read(subjectId, PURPOSE)).rejects.toMatchObject(RESTRICTED);
    expect(await read(subjectId, 'EX_COURT')).toHaveLength(4);
    expect(await find(externalId)).toBeNull();
    expect(await listed()).not.toContain(subjectId);
    expect(await documents(subjectId)).toEqual([]);
    await release(hold);
    await expect(read(subjectId, PURPOSE)).rejects.toMatchObject(RESTRICTED);
    await expect(read(subjectId, 'EX_COURT')).rejects.toMatchObject(NOT_PERMITTED);
  });

  it('is free again for what comes in after its erasure, once the hold has ended', async () => {
    const order = await bench.aCase({ scopeElements: ['FULL_NAME', 'FACE_TEMPLATE'] });
    const { subjectId } = order;
    const hold = await place(order);
    await bench.run(bench.worker(), order);
    await release(hold);
    await expect(read(subjectId, PURPOSE, ['FULL_NAME'])).rejects.toMatchObject(RESTRICTED);
    await bench.run(bench.worker(), order);
    const records = [aNewRecord()];
    await bench.subjects.add.run(bench.bank, { subjectId, records }, null);
    expect(await read(subjectId, PURPOSE, ['FULL_NAME'])).toEqual(['FULL_NAME']);
  });

  it('of another tenant restricts nothing', async () => {
    const order = await bench.aCase();
    await place(order);
    await bench.run(bench.worker(), order);
    const other = await bench.another();
    const subjectId = await other.admit('cust-other');
    const seen = await new FindSubject(other.tenancy, other.parts.vault).page(other.bank.tenantId, {
      limit: 10,
      after: null,
    });
    expect(seen.map(({ id }) => id)).toEqual([subjectId]);
    const foreign = { subjectId: order.subjectId, purpose: 'EX_LEGAL' };
    await expect(other.subjects.read.run(other.bank, foreign)).rejects.toMatchObject({
      code: 'SUBJECT_NOT_FOUND',
    });
  });

  it('is in no export, for the Business neither; its kind is named', async () => {
    const subjectId = await bench.admit('exported-later', {
      records: (['FULL_NAME', 'EMAIL_ADDRESS'] as const).map((element) => aNewRecord({ element })),
    });
    await bench.addDocument(subjectId);
    await place({ subjectId });
    await bench.run(bench.worker(), await bench.instruct(subjectId));
    const order = anExport({ audience: 'BUSINESS' }, { subject: { by: 'ID', id: subjectId } });
    const one = await bench.instruct(subjectId, order);
    await bench.run(bench.worker(), one);
    const { body } = await bench.receipt(one);
    expect(body).toMatchObject({
      outcome: 'COMPLETED',
      package: { records: 0, documents: 0, withheld: 2 },
    });
  });
});
