import { randomBytes } from 'node:crypto';
import { cpSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { verifyReceipt } from '@personr/proof';
import { newSubjectRef } from '@personr/kernel';
import { tempDirectory } from '@personr/testkit';
import { anAdmission, aDelete, idOf } from './bodies.js';
import { DocumentWire, jsonOf } from './document-wire.js';
import { type House, startHouse, type TestTenant } from './house.js';

describe('a deletion, from the instruction to the receipt', () => {
  let house: House;
  let bank: TestTenant;
  let market: TestTenant;

  beforeAll(async () => {
    house = await startHouse();
    bank = await house.onboard('Bank');
    market = await house.onboard('Market');
  });

  afterAll(() => house.stop());

  it('R-60, R-102: erases the subject and proves it with a receipt that verifies offline', async () => {
    const admitted = await bank.post('/v1/subjects', anAdmission('cust-1')).expect(201);
    const { id } = admitted.body as { id: string };
    const accepted = await bank.post('/v1/instructions', aDelete({ externalId: 'cust-1' })).expect(202);
    const { id: instructionId } = accepted.body as { id: string };
    const ended = await house.ended(bank, instructionId);
    expect(ended.state).toBe('COMPLETED');
    const receipt = await bank.get(`/v1/instructions/${instructionId}/receipt`).expect(200);
    const verdict = verifyReceipt(receipt.text, [bank.vkey]);
    expect(verdict).toMatchObject({ instructionId, type: 'DELETE', outcome: 'COMPLETED' });
    expect(() => verifyReceipt(receipt.text, [market.vkey])).toThrow();
    await bank.get(`/v1/subjects/${id}`).expect(404);
  });

  it("R-60: takes a person's documents out of the object store, and nobody else's; an old copy does not open", async () => {
    const wire = await DocumentWire.open(house, bank);
    const bytes = randomBytes(4_300_000);
    const [gone, kept] = await Promise.all(
      ['cust-gone', 'cust-kept'].map(async (externalId) => {
        const id = idOf(await bank.post('/v1/subjects', anAdmission(externalId)).expect(201));
        const added = await wire.post(wire.path(id), bytes, { 'content-type': 'image/png' });
        expect(added.status).toBe(201);
        return { id, at: `${added.headers.location ?? ''}?purpose=IDENTITY_VERIFICATION` };
      }),
    );
    const directory = join(house.objectDirectory, bank.tenantId);
    const old = join(directory, gone!.id);
    expect(readdirSync(old)).toHaveLength(1);
    const copy = tempDirectory('copy');
    cpSync(old, copy, { recursive: true });
    const { rows } = await house.owner.query<{ row: object }>(
      'select to_jsonb(d) as row from document d where subject_id = $1',
      [gone!.id],
    );
    const accepted = await bank.post('/v1/instructions', aDelete({ id: gone!.id })).expect(202);
    await house.ended(bank, idOf(accepted));
    expect(existsSync(old)).toBe(false);
    const receipt = await bank.get(`/v1/instructions/${idOf(accepted)}/receipt`).expect(200);
    expect(verifyReceipt(receipt.text, [bank.vkey]).body.stores).toMatchObject([
      {},
      { store: 'documents', erased: 1, remaining: 0 },
      {},
      { store: 'packages', erased: 0, remaining: 0 },
    ]);
    expect((await wire.get(gone!.at)).status).toBe(404);
    expect((await wire.get(kept!.at)).bytes.equals(bytes)).toBe(true);

    // Rows and bytes come back from a backup, under a subject of that id: the key does not.
    await house.owner.query(`insert into subject values ($1, $2, $3, 'SERVICE_PROVIDER', null, now())`, [
      bank.tenantId,
      gone!.id,
      newSubjectRef(),
    ]);
    await house.owner.query('insert into document select * from jsonb_populate_record(null::document, $1)', [
      rows[0]!.row,
    ]);
    cpSync(copy, old, { recursive: true });
    const opened = await wire.get(gone!.at);
    expect([opened.status, jsonOf(opened).code]).toEqual([410, 'KEY_SHREDDED']);
  });

  it('R-02: leaves the same person at another tenant as it was', async () => {
    const here = await bank.post('/v1/subjects', anAdmission('cust-2')).expect(201);
    const there = await market.post('/v1/subjects', anAdmission('cust-2')).expect(201);
    const { id } = there.body as { id: string };
    const read = { purpose: 'IDENTITY_VERIFICATION' };
    const before = await market.post(`/v1/subjects/${id}/records/read`, read).expect(200);
    const accepted = await bank
      .post('/v1/instructions', aDelete({ id: (here.body as { id: string }).id }))
      .expect(202);
    await house.ended(bank, (accepted.body as { id: string }).id);
    const after = await market.post(`/v1/subjects/${id}/records/read`, read).expect(200);
    expect(after.body).toEqual(before.body);
  });
});
