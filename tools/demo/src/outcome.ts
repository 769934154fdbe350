import { type Played } from './play.js';

/** What `npm run demo -- --json` prints. */
export type Outcome = {
  readonly instructions: readonly {
    readonly id: string;
    readonly tenant: string;
    readonly type: string;
    readonly state: string;
    readonly acceptedAt: string;
    readonly finishedAt: string | null;
    readonly receiptVerified: boolean;
  }[];
  readonly untouched: { readonly tenants: boolean; readonly subjects: boolean };
  readonly elapsedSeconds: number;
};

/** The demo's result as a document. */
export const outcomeOf = (
  { deletions, answered, returned, untouched }: Played,
  elapsedSeconds: number,
): Outcome => ({
  instructions: [...deletions, answered, returned].map(({ instruction, tenantId, verified }) => ({
    id: instruction.id,
    tenant: tenantId,
    type: instruction.type,
    state: instruction.state,
    acceptedAt: instruction.acceptedAt,
    finishedAt: instruction.finishedAt,
    receiptVerified: verified,
  })),
  untouched,
  elapsedSeconds: Math.round(elapsedSeconds * 100) / 100,
});

/** Why the demo failed, in a sentence; null when everything was as promised. */
export function reasonOf(played: Played): string | null {
  const { deletions, answered, returned, untouched, forgeriesRefused, gone, outside } = played;
  const states = deletions.map(({ instruction }) => instruction.state).join(', ');
  const checks: readonly (readonly [boolean, string])[] = [
    [states === 'COMPLETED, CLOSED_NO_DATA', `The instructions ended as ${states}.`],
    [answered.instruction.state === 'COMPLETED', `The answer ended as ${answered.instruction.state}.`],
    [
      answered.documents > 0 && answered.named.length > 0,
      'The package does not hold or name what it should.',
    ],
    [answered.forbiddenFound === 0, 'The package holds a value that the law forbids to send.'],
    [returned.instruction.state === 'COMPLETED', `The return ended as ${returned.instruction.state}.`],
    [returned.isWhole, 'What was returned is not all that was held.'],
    [returned.isGone, 'Something that was returned is still held.'],
    [
      [...deletions, answered, returned].every(({ verified }) => verified),
      'A receipt was refused by the verifier.',
    ],
    [forgeriesRefused, 'The verifier accepted a receipt that is not genuine.'],
    [gone, 'The erased person can still be found.'],
    [untouched.subjects, 'Another consumer of the same Business is not as before.'],
    [untouched.tenants, 'A consumer of the other Business is not as before.'],
    [outside.holds, 'The verifier refused a receipt or a log at the end.'],
    [outside.changeRefused, 'The verifier accepted a log with a changed entry.'],
  ];
  return checks.find(([holds]) => !holds)?.[1] ?? null;
}
