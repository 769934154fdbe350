import { Injectable } from '@nestjs/common';
import { AuditLog, by, type Caller } from '@personr/audit';
import { IdempotentRequests, type RequestIdentity } from '@personr/idempotency';
import {
  canonicalJson,
  Clock,
  DomainError,
  isDomainError,
  type KeyId,
  newSubjectRef,
  type SubjectId,
} from '@personr/kernel';
import { type ElementCode } from '@personr/law';
import { Tenancy, type TenantTx } from '@personr/tenancy';
import { TermsReader } from '@personr/terms';
import { assertAdmissible } from './admissible.js';
import { IDENTITY_ELEMENTS } from './identity-elements.js';
import { replayTaken } from './replay-taken.js';
import { SealedRecords } from './sealed-records.js';
import { type Identity, type NewRecord, type NewSubject, type TakenRecord } from './subject.js';
import { holdSubject, insertSubject } from './subject.repository.js';
import { type SubjectEvent } from './subjects.events.js';

/** What came of taking a person in. */
export type Admitted = {
  readonly id: SubjectId;
  readonly createdAt: Date;
  readonly created: boolean;
  readonly records: readonly TakenRecord[];
  readonly replayed: boolean;
};

type Claim = { readonly subjectId: SubjectId; readonly keys: ReadonlyMap<string, KeyId> };

type Admission = {
  readonly subject: NewSubject;
  readonly identities: readonly Identity[];
  readonly claim: Claim;
};

const ATTEMPTS = 3;

/** Takes a person in, or adds to one who is known under the same external id. */
@Injectable()
export class AdmitSubject {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly terms: TermsReader,
    private readonly sealedRecords: SealedRecords,
    private readonly idempotentRequests: IdempotentRequests,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Claims the external id and makes keys in the key store first, then writes subject, sealed values and entry
   * together. A crash in between leaves a key without data, which the next attempt adopts. Throws
   * `CATEGORY_NOT_IN_NOTICE`, `PURPOSE_NOT_IN_NOTICE`, `SUBJECT_BEING_ERASED`, and what `begin` of idempotency does.
   */
  async run(caller: Caller, subject: NewSubject, identity: RequestIdentity | null): Promise<Admitted> {
    const [terms, request] = await Promise.all([
      this.tenancy.forTenant(caller.tenantId, (tx) => this.terms.inForce(tx)),
      this.idempotentRequests.identify(caller.tenantId, identity),
    ]);
    assertAdmissible(terms, subject.records);
    const identities: Identity[] = [
      { type: 'EXTERNAL_ID', value: subject.externalId },
      ...subject.identities,
    ];
    for (let attempt = 1; ; attempt += 1) {
      const claim = await this.sealedRecords.claim(caller.tenantId, {
        identities,
        elements: elementsOf(identities, subject.records),
      });
      try {
        return await this.tenancy.forTenant(caller.tenantId, (tx) =>
          this.idempotentRequests.once(tx, request, {
            act: async () => {
              const answer = await this.write(tx, caller, { subject, identities, claim });
              const resourceIds = [answer.id, ...answer.records.map(({ id }) => id)];
              return { answer, resourceIds, status: answer.created ? 201 : 200 };
            },
            replay: async (earlier) => {
              const taken = await replayTaken(tx, earlier);
              return { ...taken, created: earlier.status === 201, replayed: true };
            },
          }),
        );
      } catch (error) {
        // An erasure of the person under this external id ended in between: start over as a new subject.
        if (!isDomainError(error, 'KEY_SHREDDED') || attempt === ATTEMPTS) throw error;
      }
    }
  }

  private async write(tx: TenantTx, caller: Caller, admission: Admission): Promise<Admitted> {
    const { subject, identities, claim } = admission;
    const at = this.clock.now();
    const created = await insertSubject(tx, {
      id: claim.subjectId,
      subjectRef: newSubjectRef(),
      role: 'SERVICE_PROVIDER',
      residency: subject.residency ?? null,
      createdAt: at,
    });
    const held = await holdSubject(tx, claim.subjectId);
    if (held === null || held.beingErased) throw beingErased();
    const fresh = await this.unknownIdentities(tx, claim.subjectId, { identities, created });
    const taken = await this.sealedRecords.take(tx, claim, [
      ...fresh.map((identity) => asRecord(identity, at)),
      ...subject.records,
    ]);
    const event: SubjectEvent = {
      event: 'subject.admitted',
      at,
      ...by(caller),
      subjectRef: held.subjectRef,
      detail: { created, records: taken.length },
    };
    await this.audit.append(tx, event);
    const records = taken.slice(fresh.length);
    return { id: held.id, createdAt: held.createdAt, created, records, replayed: false };
  }

  /** Which of the identities are not among the subject's values yet. */
  private async unknownIdentities(
    tx: TenantTx,
    subjectId: SubjectId,
    { identities, created }: { identities: readonly Identity[]; created: boolean },
  ): Promise<readonly Identity[]> {
    if (created) return identities;
    const elements = [...new Set(identities.map(({ type }) => IDENTITY_ELEMENTS[type]))];
    const known = await this.sealedRecords.open(tx, { subjectId, elements });
    const spelt = new Set(known.map(({ element, value }) => canonicalJson([element, value])));
    return identities.filter(
      ({ type, value }) => !spelt.has(canonicalJson([IDENTITY_ELEMENTS[type], value])),
    );
  }
}

const beingErased = (): DomainError =>
  new DomainError('SUBJECT_BEING_ERASED', 'This subject is being erased and takes nothing more in.');

const elementsOf = (identities: readonly Identity[], records: readonly NewRecord[]): ElementCode[] => [
  ...new Set([
    ...identities.map(({ type }) => IDENTITY_ELEMENTS[type]),
    ...records.map(({ element }) => element),
  ]),
];

const asRecord = ({ type, value }: Identity, at: Date): NewRecord => ({
  element: IDENTITY_ELEMENTS[type],
  value,
  source: 'CLIENT_OR_AGENT',
  purpose: 'IDENTITY_VERIFICATION',
  collectedAt: at,
});
