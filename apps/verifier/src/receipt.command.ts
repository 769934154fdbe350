import { verifyReceipt } from '@personr/proof';
import { type Trust } from './trust.js';
import { type Verdict } from './verdict.js';

/** Verifies a receipt. Throws as `verifyReceipt` does. */
export function judgeReceipt(text: string, { keys, anchor }: Trust): Verdict {
  const { proved, attested, unknown, ...facts } = verifyReceipt(text, keys, anchor);
  const { type, instructionId, outcome } = facts;
  return {
    verified: true,
    headline: `${type} ${instructionId} ended as ${outcome}.`,
    proved,
    attested,
    unknown,
    facts,
  };
}
