import { Injectable } from '@nestjs/common';
import {
  DomainError,
  type InstructionId,
  type SubjectId,
  type SubjectRef,
  type TenantId,
} from '@personr/kernel';
import { type ElementCode } from '@personr/law';
import { FindSubject, ReadInventory } from '@personr/subjects';
import { type TenantTx } from '@personr/tenancy';
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
    private readonly findSubject: FindSubject,
    private readonly readInventory: ReadInventory,
  ) {}

  /** Whom the order may be about, by id or by the blind index. Throws `SCOPE_INVALID` when an element is named twice. */
  async candidates(
    tenantId: TenantId,
    { subject: address, scopeElements }: NewInstruction,
  ): Promise<SubjectId[]> {
    if (new Set(scopeElements).size !== scopeElements.length) {
      throw new DomainError('SCOPE_INVALID', 'Each element of the scope is named once.');
    }
    if (address.by === 'ID') return [address.id];
    return this.findSubject.candidates(tenantId, address.identities);
  }

  /**
   * Which of the candidates it is, and what is held of it within the order's scope. Identities without a match
   * lead to `NOTHING_HELD`. Throws `SUBJECT_NOT_FOUND` for an id that is unknown, foreign or not a subject's,
   * `SUBJECT_AMBIGUOUS` for several matches.
   */
  async settle(
    tx: TenantTx,
    { subject: address, scopeElements: scope }: NewInstruction,
    candidates: readonly SubjectId[],
  ): Promise<Target> {
    const subject = await this.findSubject.oneOf(tx, candidates);
    if (subject === null)
      return address.by === 'ID' ? erasedBefore(tx, address.id) : { kind: 'NOTHING_HELD' };
    const lines = await this.readInventory.of(tx, subject.id);
    const held = [...new Set(lines.map(({ element }) => element))];
    const elements = scope.length === 0 ? held : held.filter((element) => scope.includes(element));
    return { kind: 'HELD', subjectId: subject.id, subjectRef: subject.subjectRef, elements };
  }
}

async function erasedBefore(tx: TenantTx, id: SubjectId): Promise<Target> {
  const erasure = await findErasureOf(tx, id);
  if (erasure === null) throw new DomainError('SUBJECT_NOT_FOUND', 'There is no such subject.');
  return { kind: 'ERASED', by: erasure.id };
}
