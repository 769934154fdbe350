import { Injectable } from '@nestjs/common';
import { type Caller } from '@personr/audit';
import { IdempotentRequests, type IdempotentRequest, type Place } from '@personr/idempotency';
import { DomainError, isDomainError } from '@personr/kernel';
import { Tenancy, type TenantTx } from '@personr/tenancy';
import { type TermsInForce, TermsReader } from '@personr/terms';
import { type AdmissibleLine, type AdmissionLine, type Outcomes, refused, replayed } from './admission.js';
import { assertAdmissible, assertIdentitiesAdmissible } from './admissible.js';
import { assertRole } from './assert-role.js';
import { replayAllTaken } from './replay-taken.js';
import { sealable } from './place-records.js';
import { type Identity, type NewSubject } from './subject.js';
import { SuppressReingest } from './suppress-reingest.js';

/** Lines of a batch, judged before anything is claimed. */
export type Judged = { readonly outcomes: Outcomes; readonly admissible: readonly AdmissibleLine[] };

type Request = IdempotentRequest | DomainError | null;

/** Says which lines of a batch may be taken in, and answers those that need not be, or must not. */
@Injectable()
export class JudgeAdmissions {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly terms: TermsReader,
    private readonly idempotentRequests: IdempotentRequests,
    private readonly suppression: SuppressReingest,
  ) {}

  /**
   * Answers the lines that took effect before, those that the terms refuse and those of people who were erased, in one
   * transaction; the rest is admissible.
   */
  async run(caller: Caller, lines: readonly AdmissionLine[]): Promise<Judged> {
    const requests = await this.idempotentRequests.identifyAll(
      caller.tenantId,
      lines.map(({ identity }) => identity),
    );
    const outcomes: Outcomes = new Map();
    const admissible = await this.tenancy.forTenant(caller.tenantId, async (tx) => {
      // None needs the answer of another, so they are one round trip.
      const [, terms, windows] = await Promise.all([
        this.answerEarlier(tx, requests, outcomes),
        orRefusal(() => this.terms.inForce(tx)),
        this.suppression.windows(tx),
      ]);
      const permitted = lines.flatMap(({ subject }, position) => {
        if (outcomes.has(position)) return [];
        const line = judge({ subject, request: requests[position] ?? null, terms });
        if (!(line instanceof DomainError)) return [{ ...line, position, attempt: 1 }];
        outcomes.set(position, refused(line));
        return [];
      });
      return this.suppression.refuseUnlessHeld(tx, caller, { lines: permitted, outcomes, windows });
    });
    return { outcomes, admissible };
  }

  private async answerEarlier(tx: TenantTx, requests: readonly Request[], outcomes: Outcomes): Promise<void> {
    const named = requests.flatMap((request, position) =>
      request === null || request instanceof DomainError ? [] : [{ request, position }],
    );
    const places = await this.idempotentRequests.earlierAll(
      tx,
      named.map(({ request }) => request),
    );
    await answerPlaces(
      tx,
      named.map(({ position }, at) => ({ position, place: places[at] ?? null })),
      outcomes,
    );
  }
}

/** Answers those of the lines whose request took effect before, or may not act now. */
export async function answerPlaces(
  tx: TenantTx,
  lines: readonly { readonly position: number; readonly place: Place }[],
  outcomes: Outcomes,
): Promise<void> {
  const earlier = lines.flatMap(({ position, place }) => {
    if (place instanceof DomainError) outcomes.set(position, refused(place));
    return place === null || place instanceof DomainError ? [] : [{ position, place }];
  });
  const answers = await replayAllTaken(
    tx,
    earlier.map(({ place }) => place),
  );
  for (const [at, { position, place }] of earlier.entries()) {
    const answer = answers[at];
    if (answer !== undefined) outcomes.set(position, replayed(answer, place.status));
  }
}

type Judgement = Pick<AdmissibleLine, 'subject' | 'identities' | 'plaintexts' | 'request' | 'terms'>;

function judge(line: {
  subject: NewSubject;
  request: Request;
  terms: TermsInForce | DomainError;
}): Judgement | DomainError {
  const { subject, request, terms } = line;
  if (request instanceof DomainError) return request;
  if (terms instanceof DomainError) return terms;
  const identities: Identity[] = [{ type: 'EXTERNAL_ID', value: subject.externalId }, ...subject.identities];
  try {
    assertRole(terms, subject.role);
    assertIdentitiesAdmissible(terms, identities);
    assertAdmissible(terms, subject.records, subject.consents);
    const plaintexts = sealable(identities, subject.records);
    return { subject, identities, plaintexts, request, terms };
  } catch (error) {
    if (isDomainError(error)) return error;
    throw error;
  }
}

async function orRefusal<T>(work: () => Promise<T>): Promise<T | DomainError> {
  try {
    return await work();
  } catch (error) {
    if (isDomainError(error)) return error;
    throw error;
  }
}
