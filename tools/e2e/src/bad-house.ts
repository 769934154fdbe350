import { aDelete, anAdmission } from './bodies.js';
import { Matrix } from './bad-matrix.js';
import { type House, startHouse } from './house.js';

/** A matrix and the house that it is sent to. */
export type MatrixHouse = { readonly house: House; readonly matrix: Matrix; stop(): Promise<void> };

const MANY = 1_000_000_000;
const NO_LIMITS = {
  credentialRequests: MANY,
  tenantRequests: MANY,
  tokenClientRequests: MANY,
  tokenAddressRequests: MANY,
};
/** A client that stands still is told within two seconds, so that a test need not wait for half a minute. */
const SOON = { wholeMilliseconds: 2_000, unreadMilliseconds: 500 };

/** Starts a house without a worker, which nothing but requests changes, and a Business in it that holds something. */
export async function startMatrixHouse(): Promise<MatrixHouse> {
  const house = await startHouse({ worker: false, rates: NO_LIMITS, bodyDeadlines: SOON });
  const bank = await house.onboard('Bank');
  await bank.post('/v1/subjects', anAdmission('cust-held')).expect(201);
  await bank.post('/v1/instructions', aDelete({ externalId: 'cust-nobody' })).expect(202);
  const matrix = await Matrix.over(house, bank);
  return {
    house,
    matrix,
    stop: async () => {
      await matrix.close();
      await house.stop();
    },
  };
}
