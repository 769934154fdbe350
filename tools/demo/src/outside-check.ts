import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Stack } from '@personr/stack';
import { type Business } from './business.js';
import { type Deletion } from './deletion.js';
import { type Narrator } from './narrator.js';
import { type OutsideVerifier } from './outside-verifier.js';

/** What an outsider came to with all the evidence of the story. */
export type OutsideCheck = {
  /** Every receipt, fetched anew, and every log as a whole was accepted. */
  readonly holds: boolean;
  /** A log with one byte of an entry changed was refused. */
  readonly changeRefused: boolean;
};

/** Gives an outsider every receipt, and both logs as a web server would hand them out. Throws what the verifier throws. */
export async function checkOutside(
  stack: Stack,
  story: Narrator,
  {
    businesses,
    deletions,
    verifier,
  }: {
    businesses: readonly Business[];
    deletions: readonly Deletion[];
    verifier: OutsideVerifier;
  },
): Promise<OutsideCheck> {
  let holds = true;
  for (const { tenant, personr } of businesses) {
    for (const { instruction } of deletions.filter(({ tenantId }) => tenantId === tenant.tenantId)) {
      const { accepted, said } = await verifier.run(await personr.receipt(instruction.id), tenant.vkey);
      story.say(`receipt  ${said.split('\n', 1).join('')}`);
      holds &&= accepted;
    }
    const { accepted, said } = await verifier.log(logOf(stack, tenant.logOrigin), tenant.vkey);
    story.say(`log      ${said.split('\n', 1).join('')}`);
    holds &&= accepted;
  }
  const [first] = businesses;
  if (first === undefined) return { holds: false, changeRefused: false };
  const { tenant } = first;
  const changed = await verifier.log(
    verifier.copyWithOneByteChanged(logOf(stack, tenant.logOrigin)),
    tenant.vkey,
  );
  story.say(`one byte of one entry changed:  ${changed.said}`);
  return { holds, changeRefused: !changed.accepted };
}

const logOf = ({ env }: Stack, origin: string): string => join(fileURLToPath(env.EVIDENCE_URL), origin);
