import { Injectable } from '@nestjs/common';
import {
  DomainError,
  type InstructionId,
  type SubjectId,
  type SubjectRef,
  type TenantId,
} from '@personr/kernel';
import { type ElementCode } from '@personr/law';
import { FindSubject, findSubjects, oneHeld, ReadInventory, type Subject } from '@personr/subjects';
import { type TenantTx } from '@personr/tenancy';
import { orRefusal } from './acceptance.js';
import { type NewInstruction } from './instruction.js';
import { findErasuresOf } from './instruction.repository.js';

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

/** An order and whom it may be about. */
export type Addressed = { readonly order: NewInstruction; readonly candidates: readonly SubjectId[] };

/** Finds out whom instructions are about. */
@Injectable()
export class ResolveSubjects {
  constructor(
    private readonly findSubject: FindSubject,
    private readonly readInventory: ReadInventory,
  ) {}

  /** Whom each order may be about, by id or by the blind index. */
  async candidates(tenantId: TenantId, orders: readonly NewInstruction[]): Promise<SubjectId[][]> {
    const people = orders.map(({ subject }) => (subject.by === 'ID' ? [] : subject.identities));
    const found = await this.findSubject.candidatesOfAll(tenantId, people);
    return orders.map(({ subject }, at) => (subject.by === 'ID' ? [subject.id] : (found[at] ?? [])));
  }

  /**
   * Which of its candidates each order is about, and what is held of it within the order's scope. Identities without a
   * match lead to `NOTHING_HELD`. A refusal is `SUBJECT_NOT_FOUND` for an id that is unknown, foreign or not a
   * subject's, `SUBJECT_AMBIGUOUS` for several matches.
   */
  async settle(tx: TenantTx, addressed: readonly Addressed[]): Promise<(Target | DomainError)[]> {
    const held = await findSubjects(tx, [...new Set(addressed.flatMap(({ candidates }) => candidates))]);
    const found = addressed.map(({ candidates }) => orRefusal(() => oneHeld(candidates, held)));
    const elements = await this.readInventory.elementsOf(tx, [...held.keys()]);
    const erasures = await findErasuresOf(
      tx,
      addressed.flatMap(({ order: { subject } }) =>
        subject.by === 'ID' && !held.has(subject.id) ? [subject.id] : [],
      ),
    );
    return addressed.map(({ order }, at) => {
      const subject = found[at] ?? null;
      if (subject instanceof DomainError) return subject;
      if (subject !== null) return targetOf(order, subject, elements.get(subject.id) ?? []);
      return order.subject.by === 'ID'
        ? erasedBefore(erasures.get(order.subject.id))
        : { kind: 'NOTHING_HELD' };
    });
  }
}

const targetOf = (
  { scopeElements: scope }: NewInstruction,
  { id: subjectId, subjectRef }: Subject,
  held: readonly ElementCode[],
): Target => ({
  kind: 'HELD',
  subjectId,
  subjectRef,
  elements: scope.length === 0 ? held : held.filter((element) => scope.includes(element)),
});

const erasedBefore = (by: InstructionId | undefined): Target | DomainError =>
  by === undefined
    ? new DomainError('SUBJECT_NOT_FOUND', 'There is no such subject.')
    : { kind: 'ERASED', by };
