import { type Claim, type Verdict } from './claim.js';
import { problemsOf } from './receipts.js';
import { type ProductReading } from './through-product.js';

/** Of the erased nothing was said, and of the others everything. */
const judged = ({ asked, values, had, lost }: ProductReading): Verdict => ({
  tried: `${asked} requests, ${values} values and documents of survivors read`,
  problems: [...had, ...lost, ...(values === 0 ? ['nothing of anybody was read'] : [])],
});

/** An api that is forced open knows nothing that was erased. */
export const behindLivingKeys: Claim = {
  name: 'old-data-behind-living-keys',
  says: 'forced open over an older data database, the product says nothing of the erased, and all of the others',
  judge: ({ behindLivingKeys: reading }) => judged(reading),
};

/** It does not open by itself. */
export const closedUntilReplayed: Claim = {
  name: 'closed-until-replayed',
  says: 'beside an older data database the product answers nothing, until every erasure since is done again',
  judge: ({ besideOldData: { asked, closed, had } }) => ({
    tried: `${asked} requests, ${closed} answered that the service is closed`,
    problems: [...had, ...(asked === closed ? [] : [`${asked - closed} requests were not refused`])],
  }),
};

/** What runs, asked at its door. */
export const throughProduct: Claim = {
  name: 'product-knows-the-rest',
  says: 'the running product says nothing of the erased, and all of the others',
  judge: ({ throughProduct: reading }) => judged(reading),
};

/** Receipts. */
export const receiptsVerify: Claim = {
  name: 'receipts-verify',
  says: 'each erasure has a receipt that verifies, and its instants are in order',
  judge: ({ receipts, facts }) => ({
    tried: `${receipts.length} receipts`,
    problems: [
      ...receipts.flatMap(problemsOf),
      ...(receipts.length < facts.orders.size ? ['a receipt is missing'] : []),
    ],
  }),
};

/** A backup of before, brought back by the product's own commands. */
export const restoredBackup: Claim = {
  name: 'restored-backup-revives-nobody',
  says: 'an older portable backup, restored and replayed, says nothing of the erased, and all of the others',
  judge: ({ portable: { reading } }) => judged(reading),
};
