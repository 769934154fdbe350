import { verifyReceipt } from '@personr/proof';
import { anAdmission, aDelete } from './bodies.js';
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
