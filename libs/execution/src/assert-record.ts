import { DomainError } from '@personr/kernel';
import { type ReceiptBody } from '@personr/proof';

/** Outcomes of which some, or all, was denied: their record says on what basis. */
const DENYING: readonly ReceiptBody['outcome'][] = ['CLOSED_DENIED', 'COMPLETED_WITH_EXCEPTIONS'];

/**
 * Throws `RECORD_INCOMPLETE` unless the body has the facts that are kept of every request (Reg. 7101(b), R-95): when it
 * was received, its nature and manner, when it was answered, the nature of the answer, and the basis of a denial in whole
 * or in part.
 */
export function assertRecord({
  outcome,
  request,
  answer,
}: Pick<ReceiptBody, 'outcome' | 'request' | 'answer'>): void {
  const facts = {
    'the date of the request': request.receivedAt,
    'the nature of the request': request.nature,
    'the manner of the request': request.manner,
    'the date of the answer': answer.answeredAt,
    'the nature of the answer': answer.nature,
    ...(DENYING.includes(outcome) ? { 'the basis of the denial': answer.denialBasis } : {}),
  };
  for (const [name, fact] of Object.entries<string | null | undefined>(facts)) {
    if (isBlank(fact)) throw new DomainError('RECORD_INCOMPLETE', `The record lacks ${name} (Reg. 7101(b)).`);
  }
}

/** No fact may be blank, whatever the room that wrote it promised. */
const isBlank = (fact: string | null | undefined): boolean => (fact ?? '').trim() === '';
