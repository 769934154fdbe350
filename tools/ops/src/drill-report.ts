import { createHash } from 'node:crypto';
import { type LogSigner } from '@personr/audit';
import { signNote } from '@personr/proof';
import { type ErasedReading, type Replayed, type SurvivorReading } from '@personr/restore';

/** What a drill claims, and whether it held. */
export type DrillClaim = { readonly claim: string; readonly held: boolean; readonly found: string };

/** What a drill did and found. References and counts alone. */
export type DrillReport = {
  readonly format: typeof DRILL_FORMAT;
  readonly at: string;
  readonly backup: { readonly id: string; readonly madeAt: string };
  /** The subjects of the backup that were erased since, by our reference. */
  readonly erasedSince: readonly {
    readonly tenantId: string;
    readonly instructionId: string;
    readonly subjectId: string;
  }[];
  readonly claims: readonly DrillClaim[];
  readonly seconds: Readonly<Record<string, number>>;
};

export const DRILL_FORMAT = 'personr-drill/1';
/** The name under which the key that signs the log signs reports. */
export const DRILL_ORIGIN = 'personr.example/drill';

/** What was found, before and after the replay. */
export type DrillFindings = {
  readonly before: ErasedReading;
  readonly after: ErasedReading;
  readonly survivors: SurvivorReading;
  readonly replayed: Replayed;
  /** Of how many logs the copy came to hold all that was signed. */
  readonly logs: { readonly whole: number; readonly of: number };
};

/** The claims that a drill tests. */
export function claimsOf({ before, after, survivors, replayed, logs }: DrillFindings): DrillClaim[] {
  const counts = [...replayed.tenants.values()];
  const quarantined = counts.reduce((sum, count) => sum + count.quarantined, 0);
  const entries = counts.reduce((sum, count) => sum + count.entries, 0);
  return [
    {
      claim: 'nobody who was erased can be read from the backup with the keys that live',
      held: before.opened === 0,
      found: `${before.erased.length} erased, ${before.rows} values and documents tried, ${before.opened} opened`,
    },
    {
      claim: 'after the replay nothing of them is left',
      held: after.rows === 0,
      found: `${after.rows} left`,
    },
    {
      claim: 'everybody else can be read, every value and every document',
      held: survivors.unreadable === 0 && quarantined === 0,
      found: `${survivors.subjects} subjects, ${survivors.values} values, ${survivors.documents} documents read, ${survivors.unreadable} not`,
    },
    {
      claim: 'the log goes on where it was signed last',
      held: logs.whole === logs.of,
      found: `${entries} entries read back; ${logs.whole} of ${logs.of} logs came to the root that was recorded`,
    },
  ];
}

/** A report with its signature: a C2SP signed note over the SHA-256 of the report's JSON. */
export function signReport(report: DrillReport, signer: LogSigner) {
  const text = JSON.stringify(report);
  const statement = `${DRILL_FORMAT}\n${createHash('sha256').update(text).digest('base64')}\n`;
  return {
    report,
    signature: signNote(statement, [signer.forOrigin(DRILL_ORIGIN)]),
    vkey: signer.vkey(DRILL_ORIGIN),
  };
}

/** The report for people. */
export function asText({ backup, erasedSince, claims, seconds }: DrillReport): string {
  const times = Object.entries(seconds).map(([part, took]) => `  ${part.padEnd(10)} ${took.toFixed(1)} s`);
  return [
    `Drill on backup ${backup.id} of ${backup.madeAt}`,
    ...claims.map(
      ({ claim, held, found }) => `  ${held ? 'HELD  ' : 'FAILED'}  ${claim}\n          ${found}`,
    ),
    `Erased since the backup: ${erasedSince.length === 0 ? 'nobody' : ''}`,
    ...erasedSince.map(
      ({ subjectId, instructionId }) => `  subject ${subjectId} by instruction ${instructionId}`,
    ),
    'It took',
    ...times,
  ].join('\n');
}
