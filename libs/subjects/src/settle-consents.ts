import { type AuditLog, by, type Caller } from '@personr/audit';
import { type ConsentId, DomainError } from '@personr/kernel';
import { type TenantTx } from '@personr/tenancy';
import { type Consent } from './consent.js';
import { insertConsents } from './consent.repository.js';
import { type Bringing, judgeConsents, type SettledConsents } from './judge-consents.js';
import { type Subject } from './subject.js';
import { type SubjectEvent } from './subjects.events.js';

/** Who brings the consents, when, and where that is logged. */
export type ConsentIntake = {
  readonly caller: Caller;
  readonly at: Date;
  readonly audit: AuditLog;
};

/** What comes in for one subject whose row is held. */
export type HeldBringing = Omit<Bringing, 'subjectId'> & {
  readonly subject: Pick<Subject, 'id' | 'role' | 'subjectRef'>;
};

/**
 * Judges the consents of these lines (`judgeConsents`) and writes those that are new, each with its entry, for the
 * lines that are not refused. Answers in order.
 */
export async function settleConsents(
  tx: TenantTx,
  intake: ConsentIntake,
  lines: readonly HeldBringing[],
): Promise<(SettledConsents | DomainError)[]> {
  const judged = await judgeConsents(
    tx,
    lines.map(({ subject, ...line }) => ({ ...line, subjectId: subject.id })),
    intake.at,
  );
  const fresh = judged.flatMap((settled, position) => {
    const subject = lines[position]?.subject;
    if (settled instanceof DomainError || subject === undefined) return [];
    return settled.fresh.map((consent) => ({ ...consent, subject }));
  });
  const ids = await insertConsents(tx, fresh);
  const kept = new Map(fresh.map(({ id }, position) => [id, ids[position] ?? id]));
  await intake.audit.appendAll(
    tx,
    fresh.filter(({ id }) => kept.get(id) === id).map((consent) => eventOf(consent, intake)),
  );
  return judged.map((settled) => (settled instanceof DomainError ? settled : under(kept, settled)));
}

/** As `settleConsents`, for one line. Throws its refusal. */
export async function settleConsentsOf(
  tx: TenantTx,
  intake: ConsentIntake,
  line: HeldBringing,
): Promise<SettledConsents> {
  const [settled] = await settleConsents(tx, intake, [line]);
  if (settled === undefined) throw new Error('a line has an answer');
  if (settled instanceof DomainError) throw settled;
  return settled;
}

/** The same under the ids that the consents are kept under. */
function under(kept: ReadonlyMap<ConsentId, ConsentId>, settled: SettledConsents): SettledConsents {
  const rename = (consent: Consent): Consent => ({ ...consent, id: kept.get(consent.id) ?? consent.id });
  return {
    given: settled.given.map(rename),
    fresh: settled.fresh.map(rename),
    consentIds: settled.consentIds.map((id) => (id === null ? null : (kept.get(id) ?? id))),
  };
}

const eventOf = (
  { id, policy, version, givenAt, subject }: Consent & Pick<HeldBringing, 'subject'>,
  { caller, at }: ConsentIntake,
): SubjectEvent => ({
  event: 'consent.given',
  at,
  ...by(caller),
  subjectRef: subject.subjectRef,
  detail: { consentId: id, policy, version, givenAt: givenAt.toISOString() },
});
