import { Injectable } from '@nestjs/common';
import { AuditLog, by, type Caller } from '@personr/audit';
import { IdempotentRequests } from '@personr/idempotency';
import { Clock, type ConsentId, DomainError, type Id, newSubjectRef } from '@personr/kernel';
import { type SealedRecord } from '@personr/stores';
import { type TenantTx } from '@personr/tenancy';
import { type ClaimedLine, type Outcomes, refused, taken } from './admission.js';
import { answerPlaces } from './judge-admissions.js';
import { KnownIdentities } from './known-identities.js';
import { classified } from './place-records.js';
import { SealedRecords } from './sealed-records.js';
import { type Subject } from './subject.js';
import { SuppressReingest } from './suppress-reingest.js';
import { settleConsents } from './settle-consents.js';
import { holdSubjects, insertSubjects, takeBackSubjects } from './subject.repository.js';
import { type SubjectEvent } from './subjects.events.js';

/** A line whose subject's row is held until the transaction ends, so that no erasure of it starts. */
export type HeldLine = ClaimedLine & {
  readonly held: Subject;
  readonly created: boolean;
};

/** A line that is written: the values it adds, those that answer it last. */
type WrittenLine = HeldLine & { readonly values: readonly SealedRecord[] };

/** Writes what came of claims: one transaction a batch, a handful of statements however many lines. */
@Injectable()
export class WriteAdmissions {
  constructor(
    private readonly idempotentRequests: IdempotentRequests,
    private readonly sealedRecords: SealedRecords,
    private readonly knownIdentities: KnownIdentities,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
    private readonly suppression: SuppressReingest,
  ) {}

  /**
   * Writes subjects, values, entries and kept answers of these lines, each of another subject and another request.
   * A line without an outcome was claimed under keys that an erasure has shredded since, or of a generation that has
   * ended since: nothing of it is written, and it may be claimed again. An identity that is held under keys of an ended
   * generation counts as new.
   */
  async run(tx: TenantTx, caller: Caller, lines: readonly ClaimedLine[]): Promise<Outcomes> {
    const outcomes: Outcomes = new Map();
    const begun = await this.begin(tx, lines, outcomes);
    const [held, windows] = await Promise.all([this.hold(tx, begun, outcomes), this.suppression.windows(tx)]);
    const { living, lost, known } = await this.partByKeys(
      tx,
      held,
      await this.knownIdentities.find(tx, held),
    );
    const created = living.filter((line) => line.created);
    // Asked again for those who are new: an erasure may have ended since their lines were judged.
    await this.suppression.refuse(tx, caller, { lines: created, outcomes, windows });
    const free = living.filter(({ position }) => !outcomes.has(position));
    const agreed = await this.agree(tx, caller, free, outcomes);
    const out = [...lost, ...living.filter(({ position }) => outcomes.has(position))];
    await takeBackSubjects(
      tx,
      out.filter(({ created }) => created).map(({ subjectId }) => subjectId),
    );
    const spelt = await this.knownIdentities.spell(tx, agreed, known);
    const written = agreed.map((line) => ({ ...line, values: spelt.additions(line) }));
    await this.write(tx, caller, written);
    for (const line of written) outcomes.set(line.position, taken(answerOf(line)));
    return outcomes;
  }

  /** Takes the requests' places. A line whose request took effect meanwhile, or may not act now, is answered. */
  private async begin(
    tx: TenantTx,
    lines: readonly ClaimedLine[],
    outcomes: Outcomes,
  ): Promise<ClaimedLine[]> {
    const named = lines.flatMap(({ request, position }) => (request === null ? [] : [{ request, position }]));
    const places = await this.idempotentRequests.beginAll(
      tx,
      named.map(({ request }) => request),
    );
    const judged = named.map(({ position }, at) => ({ position, place: places[at] ?? null }));
    await answerPlaces(tx, judged, outcomes);
    return lines.filter(({ position }) => !outcomes.has(position));
  }

  /** Writes the subjects that are new and holds those that are known. A line whose subject is being erased is refused. */
  private async hold(tx: TenantTx, lines: readonly ClaimedLine[], outcomes: Outcomes): Promise<HeldLine[]> {
    const createdAt = this.clock.now();
    const rows = lines.map((line) => newSubjectOf(line, createdAt));
    const created = await insertSubjects(tx, rows);
    const known = await holdSubjects(
      tx,
      rows.flatMap(({ id }) => (created.has(id) ? [] : [id])),
    );
    return lines.flatMap((line, at) => {
      const row = created.has(line.subjectId) ? rows[at] : known.get(line.subjectId);
      if (row?.beingErased === false) {
        return [{ ...line, held: row, created: created.has(line.subjectId) }];
      }
      outcomes.set(line.position, refused(beingErased()));
      return [];
    });
  }

  /** Asks the key store once under which keys of these lines nothing more may be kept, while no erasure or generation of theirs can start. */
  private async partByKeys(
    tx: TenantTx,
    lines: readonly HeldLine[],
    held: readonly SealedRecord[],
  ): Promise<{ living: HeldLine[]; lost: HeldLine[]; known: SealedRecord[] }> {
    const brought = lines.flatMap(({ sealed }) => sealed);
    const closed = new Set(await this.sealedRecords.underClosedKey(tx.tenantId, [...brought, ...held]));
    const losers = new Set(brought.filter((one) => closed.has(one)).map(({ subjectId }) => subjectId));
    const isLost = ({ subjectId }: HeldLine) => losers.has(subjectId);
    return {
      living: lines.filter((line) => !isLost(line)),
      lost: lines.filter(isLost),
      known: held.filter((one) => !closed.has(one)),
    };
  }

  /** Writes consents and puts each value under its own. A line whose values no consent covers is refused. */
  private async agree(
    tx: TenantTx,
    caller: Caller,
    lines: readonly HeldLine[],
    outcomes: Outcomes,
  ): Promise<HeldLine[]> {
    const settled = await settleConsents(
      tx,
      { caller, at: this.clock.now(), audit: this.audit },
      lines.map(({ held, subject }) => ({
        subject: held,
        consents: subject.consents ?? [],
        records: subject.records,
      })),
    );
    return lines.flatMap((line, at) => {
      const consents = settled[at];
      if (consents === undefined || consents instanceof DomainError) {
        outcomes.set(line.position, refused(consents ?? beingErased()));
        return [];
      }
      return [underConsents(line, consents.consentIds)];
    });
  }

  /** Whatever comes in with a subject is written here, under the subject's row and with its entry, in one round trip. */
  private async write(tx: TenantTx, caller: Caller, lines: readonly WrittenLine[]): Promise<void> {
    const at = this.clock.now();
    await Promise.all([
      this.sealedRecords.write(
        tx,
        lines.flatMap(({ values }) => values),
      ),
      this.audit.appendAll(
        tx,
        lines.map((line) => eventOf(line, caller, at)),
      ),
      this.idempotentRequests.finishAll(
        tx,
        lines.flatMap((line) => {
          const answer = { resourceIds: idsOf(line), status: line.created ? 201 : 200 };
          return line.request === null ? [] : [{ request: line.request, answer }];
        }),
      ),
    ]);
  }
}

const newSubjectOf = ({ subjectId, subject, terms }: ClaimedLine, createdAt: Date): Subject => ({
  id: subjectId,
  subjectRef: newSubjectRef(),
  role: terms.role,
  residency: subject.residency ?? null,
  createdAt,
  beingErased: false,
});

/** The line with the consent of each value that was sent as a record. Identities come before them. */
const underConsents = (line: HeldLine, consentIds: readonly (ConsentId | null)[]): HeldLine => ({
  ...line,
  sealed: line.sealed.map((record, at) => {
    const consentId = consentIds[at - line.identities.length] ?? null;
    return record.consentId === consentId ? record : { ...record, consentId };
  }),
});

const beingErased = (): DomainError =>
  new DomainError('SUBJECT_BEING_ERASED', 'This subject is being erased and takes nothing more in.');

/** The values that answer the line: those sent as records. Identities come before them. */
const answering = ({ sealed, identities }: HeldLine): readonly SealedRecord[] =>
  sealed.slice(identities.length);

const idsOf = (line: HeldLine): Id<string>[] => [line.subjectId, ...answering(line).map(({ id }) => id)];

const answerOf = (line: WrittenLine) => ({
  id: line.subjectId,
  createdAt: line.held.createdAt,
  created: line.created,
  records: answering(line).map(classified),
  replayed: false,
});

const eventOf = ({ held, created, values }: WrittenLine, caller: Caller, at: Date): SubjectEvent => ({
  event: 'subject.admitted',
  at,
  ...by(caller),
  subjectRef: held.subjectRef,
  detail: { created, records: values.length },
});
