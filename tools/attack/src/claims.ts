import { type Claim } from './claim.js';
import { backupHoldsNoKey, leaverUnreadable } from './claims-of-copies.js';
import { guessesFail, notBlind } from './claims-of-guesses.js';
import {
  behindLivingKeys,
  closedUntilReplayed,
  receiptsVerify,
  restoredBackup,
  throughProduct,
} from './claims-of-product.js';
import { SECRETS } from './claims-of-secrets.js';
import { SURVIVORS } from './claims-of-survivors.js';

/** Every claim, in the order in which it is told. */
export const CLAIMS: readonly Claim[] = [
  ...SECRETS,
  leaverUnreadable,
  closedUntilReplayed,
  behindLivingKeys,
  backupHoldsNoKey,
  restoredBackup,
  guessesFail,
  ...SURVIVORS,
  throughProduct,
  receiptsVerify,
  notBlind,
];
