import { Injectable } from '@nestjs/common';
import { type Caller } from '@personr/audit';
import { keyOf } from '@personr/idempotency';
import { DomainError, isDomainError } from '@personr/kernel';
import { Tenancy } from '@personr/tenancy';
import {
  type AdmissibleLine,
  type AdmissionLine,
  type AdmissionOutcome,
  type Outcomes,
  refused,
} from './admission.js';
import { JudgeAdmissions } from './judge-admissions.js';
import { SealedRecords } from './sealed-records.js';
import { SuppressReingest } from './suppress-reingest.js';
import { WriteAdmissions } from './write-admissions.js';

const BATCH_LINES = 100;
const ATTEMPTS = 3;

/** Takes people in by the batch, or adds to those who are known under the same external id. */
@Injectable()
export class AdmitSubjects {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly judge: JudgeAdmissions,
    private readonly sealedRecords: SealedRecords,
    private readonly write: WriteAdmissions,
    private readonly suppression: SuppressReingest,
  ) {}

  /**
   * Claims external ids, makes keys and seals in the key store first, then writes subjects, values, entries and
   * kept answers together, a hundred lines at a time. A crash in between leaves at most keys without data, which
   * the next attempt adopts. Answers in order; a line that is refused changes nothing and spoils no other:
   * `VALIDATION_FAILED`, `JSON_NOT_CANONICAL`, `SUBJECT_BEING_ERASED`, `SUPPRESSED_REINGEST`, what `assertAdmissible` and the terms
   * refuse, `TENANT_LEAVING`, what `begin` of idempotency does.
   */
  async run(caller: Caller, lines: readonly AdmissionLine[]): Promise<readonly AdmissionOutcome[]> {
    const outcomes: AdmissionOutcome[] = [];
    for (let start = 0; start < lines.length; start += BATCH_LINES) {
      outcomes.push(...(await this.runBatch(caller, lines.slice(start, start + BATCH_LINES))));
    }
    return outcomes;
  }

  private async runBatch(caller: Caller, lines: readonly AdmissionLine[]): Promise<AdmissionOutcome[]> {
    const { outcomes, admissible } = await this.judge.run(caller, lines);
    let waiting = await this.round(caller, admissible, outcomes);
    while (waiting.length > 0) {
      const free = await this.refuseErased(caller, waiting, outcomes);
      waiting = await this.round(caller, free, outcomes);
    }
    return lines.map((_, position) => outcomes.get(position) ?? refused(shredded()));
  }

  /** Judged again before anything is claimed again, so that whoever was erased meanwhile leaves no trace in the key store. */
  private refuseErased(
    caller: Caller,
    lines: readonly AdmissibleLine[],
    outcomes: Outcomes,
  ): Promise<AdmissibleLine[]> {
    return this.tenancy.forTenant(caller.tenantId, async (tx) => {
      const windows = await this.suppression.windows(tx);
      return this.suppression.refuseUnlessHeld(tx, caller, { lines, outcomes, windows });
    });
  }

  /** Takes in what can be taken in at once, at least one line. Returns the lines that are left. */
  private async round(
    caller: Caller,
    waiting: readonly AdmissibleLine[],
    outcomes: Outcomes,
  ): Promise<readonly AdmissibleLine[]> {
    if (waiting.length === 0) return [];
    const byKey = firstOfEach(waiting, ({ request }) => (request === null ? null : keyOf(request)));
    const claimed = await this.sealedRecords.claimAll(caller.tenantId, byKey.first);
    const bySubject = firstOfEach(claimed, ({ subjectId }) => subjectId);
    const written = await this.tenancy
      .forTenant(caller.tenantId, (tx) => this.write.run(tx, caller, bySubject.first))
      .catch((error: unknown) => outcomesOf(error, bySubject.first));
    for (const [position, outcome] of written) outcomes.set(position, outcome);
    // An erasure of the person under this external id ended in between: start over as a new subject.
    const lost = bySubject.first.filter(({ position }) => !written.has(position));
    for (const { position } of lost.filter(({ attempt }) => attempt === ATTEMPTS)) {
      outcomes.set(position, refused(shredded()));
    }
    const again = lost.map((line) => ({ ...line, attempt: line.attempt + 1 }));
    return [...byKey.rest, ...bySubject.rest, ...again].filter(({ position }) => !outcomes.has(position));
  }
}

/** Sets apart the lines that must wait for an earlier one of the same name. Lines without a name wait for nobody. */
function firstOfEach<Line>(
  lines: readonly Line[],
  nameOf: (line: Line) => string | null,
): { first: Line[]; rest: Line[] } {
  const seen = new Set<string>();
  const first: Line[] = [];
  const rest: Line[] = [];
  for (const line of lines) {
    const name = nameOf(line);
    (name !== null && seen.has(name) ? rest : first).push(line);
    if (name !== null) seen.add(name);
  }
  return { first, rest };
}

/**
 * An erasure that began before the subject's row was there does not wait for who holds the row: its keys went meanwhile,
 * and nothing was written. Nor is anything once the tenant leaves.
 */
function outcomesOf(error: unknown, lines: readonly { readonly position: number }[]): Outcomes {
  if (isDomainError(error, 'KEY_SHREDDED')) return new Map();
  if (!isDomainError(error, 'TENANT_LEAVING')) throw error;
  return new Map(lines.map(({ position }) => [position, refused(error)]));
}

const shredded = (): DomainError =>
  new DomainError('KEY_SHREDDED', 'The subject was erased again and again while it was being taken in.');
