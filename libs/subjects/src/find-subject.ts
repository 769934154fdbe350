import { Injectable } from '@nestjs/common';
import { DomainError, type SubjectId, type TenantId } from '@personr/kernel';
import { Tenancy, type TenantTx } from '@personr/tenancy';
import { Vault } from '@personr/vault';
import { IDENTITY_ELEMENTS } from './identity-elements.js';
import { restrictedBy } from './restriction.js';
import { restrictingHolds } from './restriction.repository.js';
import { type Identity, type Subject } from './subject.js';
import { findSubject, findSubjects, listSubjects } from './subject.repository.js';

/** Finds subjects, by id or by who they are, and lists them. */
@Injectable()
export class FindSubject {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly vault: Vault,
  ) {}

  /** The tenant's subject with this id. Throws `SUBJECT_NOT_FOUND`, alike for unknown and foreign ids. */
  async byId(tenantId: TenantId, id: SubjectId): Promise<Subject> {
    const subject = await this.tenancy.forTenant(tenantId, (tx) => findSubject(tx, id));
    if (subject === null) throw new DomainError('SUBJECT_NOT_FOUND', 'There is no such subject.');
    return subject;
  }

  /**
   * The one subject that all these identities lead to, or null when none of them leads anywhere, or only what a hold kept
   * of an erasure does. Throws `SUBJECT_AMBIGUOUS` when they lead to several: a doubtful match never acts.
   */
  async byIdentities(tenantId: TenantId, identities: readonly Identity[]): Promise<Subject | null> {
    const candidates = await this.candidates(tenantId, identities);
    return this.tenancy.forTenant(tenantId, async (tx) => {
      const subject = await this.oneOf(tx, candidates);
      if (subject === null) return null;
      const { everything, elements } = restrictedBy(await restrictingHolds(tx, subject.id));
      const isFree = ({ type }: Identity): boolean => !elements.includes(IDENTITY_ELEMENTS[type]);
      return !everything && identities.some(isFree) ? subject : null;
    });
  }

  /** Whom the blind index names for these identities. Some may be gone since: `oneOf` tells. */
  async candidates(tenantId: TenantId, identities: readonly Identity[]): Promise<SubjectId[]> {
    const [found = []] = await this.candidatesOfAll(tenantId, [identities]);
    return found;
  }

  /** The same for each of several people. */
  async candidatesOfAll(
    tenantId: TenantId,
    people: readonly (readonly Identity[])[],
  ): Promise<SubjectId[][]> {
    const found = (await this.vault.findAll(tenantId, people.flat())).values();
    return people.map((identities) => [...new Set(identities.flatMap(() => found.next().value ?? []))]);
  }

  /** The one of these subjects that is held, or null. Throws `SUBJECT_AMBIGUOUS` when several are. */
  async oneOf(tx: TenantTx, candidates: readonly SubjectId[]): Promise<Subject | null> {
    return oneHeld(candidates, await findSubjects(tx, candidates));
  }

  /** A page of subjects, newest first, after the one named by `after`. Those of whom holds alone kept something are not among them. */
  page(tenantId: TenantId, page: { limit: number; after: SubjectId | null }): Promise<Subject[]> {
    return this.tenancy.forTenant(tenantId, (tx) => listSubjects(tx, page));
  }
}

/** The one of these candidates that is among those who are held, or null. Throws `SUBJECT_AMBIGUOUS` when several are. */
export function oneHeld(
  candidates: readonly SubjectId[],
  held: ReadonlyMap<SubjectId, Subject>,
): Subject | null {
  const [one, ...others] = candidates.flatMap((id) => held.get(id) ?? []);
  if (others.length > 0) {
    throw new DomainError('SUBJECT_AMBIGUOUS', 'These identities belong to more than one subject.');
  }
  return one ?? null;
}
