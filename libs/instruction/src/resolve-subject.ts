import { Injectable } from '@nestjs/common';
import {
  DomainError,
  type InstructionId,
  isDomainError,
  type SubjectId,
  type SubjectRef,
  type TenantId,
} from '@personr/kernel';
import { type ElementCode } from '@personr/law';
import { FindSubject, ReadInventory, type Subject } from '@personr/subjects';
import { Tenancy } from '@personr/tenancy';
import { type NewInstruction } from './instruction.js';
import { findErasureOf } from './instruction.repository.js';

/** Whom an instruction is about: someone we hold, someone we hold nothing of, or someone who has been erased. */
export type Target =
  | {
      readonly kind: 'HELD';
      readonly subjectId: SubjectId;
      readonly subjectRef: SubjectRef;
      /** The elements held that the instruction covers. */
      readonly elements: readonly ElementCode[];
    }
  | { readonly kind: 'NOTHING_HELD' }
  | { readonly kind: 'ERASED'; readonly by: InstructionId };

/** Finds out whom an instruction is about. */
@Injectable()
export class ResolveSubject {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly findSubject: FindSubject,
    private readonly readInventory: ReadInventory,
  ) {}

  /**
   * Resolves the subject as it is addressed. Identities without a match lead to `NOTHING_HELD`. Throws
   * `SUBJECT_NOT_FOUND` for an id that is unknown, foreign or not a subject's, `SUBJECT_AMBIGUOUS` for several
   * matches, `SCOPE_INVALID` when an element is named twice.
   */
  async run(tenantId: TenantId, { subject: address, scopeElements }: NewInstruction): Promise<Target> {
    if (new Set(scopeElements).size !== scopeElements.length) {
      throw new DomainError('SCOPE_INVALID', 'Each element of the scope is named once.');
    }
    if (address.by === 'IDENTITIES') {
      const found = await this.findSubject.byIdentities(tenantId, address.identities);
      return found === null ? { kind: 'NOTHING_HELD' } : this.held(tenantId, found, scopeElements);
    }
    try {
      const subject = await this.findSubject.byId(tenantId, address.id);
      return await this.held(tenantId, subject, scopeElements);
    } catch (error) {
      if (!isDomainError(error, 'SUBJECT_NOT_FOUND')) throw error;
      const erasure = await this.tenancy.forTenant(tenantId, (tx) => findErasureOf(tx, address.id));
      if (erasure === null) throw error;
      return { kind: 'ERASED', by: erasure.id };
    }
  }

  private async held(
    tenantId: TenantId,
    { id: subjectId, subjectRef }: Subject,
    scope: readonly ElementCode[],
  ): Promise<Target> {
    const { elements: lines } = await this.readInventory.run(tenantId, subjectId);
    const held = [...new Set(lines.map(({ element }) => element))];
    const elements = scope.length === 0 ? held : held.filter((element) => scope.includes(element));
    return { kind: 'HELD', subjectId, subjectRef, elements };
  }
}
