import { type Instruction, type Order } from '@personr/client';
import { type Business } from './business.js';
import { type Narrator } from './narrator.js';
import { type OutsideVerifier } from './outside-verifier.js';

/** A deletion, from the written order to the receipt. Times in milliseconds since 1970. */
export type Deletion = {
  readonly instruction: Instruction;
  readonly tenantId: string;
  readonly receipt: string;
  readonly receiptAt: number;
  readonly acceptedInMs: number;
  readonly verified: boolean;
};

/** On a machine with much else to do, pictures take minutes. */
const PATIENCE_MILLISECONDS = 600_000;

/** The written order to erase everything about the consumer of that name, who asked for it and was verified. */
export function orderToDelete(externalId: string): Order {
  const hoursAgo = (hours: number): string => new Date(Date.now() - hours * 3_600_000).toISOString();
  return {
    type: 'DELETE',
    subject: { externalId },
    basis: 'CONSUMER_REQUEST',
    writing: { text: 'Erase everything held about this customer.' },
    consumerRequest: { receivedAt: hoursAgo(26), manner: 'EMAIL', nature: 'DELETE' },
    verification: {
      level: 'REASONABLY_HIGH',
      method: 'ACCOUNT_REAUTH',
      points: ['EMAIL', 'DATE_OF_BIRTH', 'DOCUMENT_NUMBER'],
      declaration: true,
      verifiedAt: hoursAgo(25),
    },
  };
}

/** Forwards the order, watches it to its end, takes the receipt and has it verified outside. */
export async function forward(
  { tenant, personr }: Business,
  order: Order,
  { story, verifier }: { story: Narrator; verifier: OutsideVerifier },
): Promise<Deletion> {
  const sentAt = performance.now();
  const accepted = await personr.forwardInstruction(order);
  const acceptedInMs = performance.now() - sentAt;
  story.say(
    `accepted as ${accepted.id} in ${acceptedInMs.toFixed(0)} ms; the answer is due by ${dueOf(accepted)}`,
  );
  const instruction = await personr.waitForEnd(accepted.id, {
    timeoutMs: PATIENCE_MILLISECONDS,
    onProgress: ({ state, steps }) => {
      story.say(
        `${state.padEnd(24)} ${steps.map((step) => `${step.name} ${step.state}`).join(', ')}`.trimEnd(),
      );
    },
  });
  const receipt = await personr.receipt(accepted.id);
  const receiptAt = Date.now();
  const { accepted: verified, said } = await verifier.run(receipt, tenant.vkey);
  story.say(`the receipt, ${receipt.length} bytes, given to a verifier that knows one public key:`);
  for (const line of said.split('\n')) story.say(line === '' ? '' : `  ${line}`);
  return { instruction, tenantId: tenant.tenantId, receipt, receiptAt, acceptedInMs, verified };
}

const dueOf = ({ deadlines }: Instruction): string => deadlines[0]?.dueAt.slice(0, 10) ?? 'no date';
