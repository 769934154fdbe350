import { DomainError } from '@personr/kernel';
import { type Policy } from '@personr/law';
import { type ExportRequest, type NewInstruction, type ReturnRequest } from './instruction.js';

/** The types that this product can carry out today, whatever a policy enables. */
const CARRIED_OUT: readonly NewInstruction['type'][] = ['DELETE', 'EXPORT', 'RETURN'];

/**
 * Refuses, before anything is looked up, an order without a text and without the hash of a document, and one that
 * names an element twice, and an export that does not say for whom it is and what it holds. Throws
 * `INSTRUCTION_NOT_WRITTEN`, `TYPE_NOT_ENABLED`, `SCOPE_INVALID`, `AUDIENCE_REQUIRED`.
 */
export function assertWritten(order: NewInstruction): void {
  const { type, basis, writing, scopeElements } = order;
  if (!CARRIED_OUT.includes(type) || basis === 'DROP') throw notEnabled();
  assertAsked({ type, basis }, order.export ?? null);
  assertSent(type, order.return ?? null);
  if (writing.text === null && writing.documentSha256 === null) {
    throw new DomainError(
      'INSTRUCTION_NOT_WRITTEN',
      'An instruction needs its written order: a text, or the SHA-256 of the signed document.',
    );
  }
  if (new Set(scopeElements).size !== scopeElements.length) {
    throw new DomainError('SCOPE_INVALID', 'Each element of the scope is named once.');
  }
}

function assertAsked(
  { type, basis }: Pick<NewInstruction, 'type' | 'basis'>,
  asked: ExportRequest | null,
): void {
  if (type === 'EXPORT' && asked === null)
    throw new DomainError('AUDIENCE_REQUIRED', 'An export says for whom it is and what it holds.');
  if (type !== 'EXPORT' && asked !== null)
    throw new DomainError('SCOPE_INVALID', 'What an export holds is said of an EXPORT alone.');
  if (asked?.waiver != null && basis !== 'CONSUMER_REQUEST')
    throw new DomainError(
      'SCOPE_INVALID',
      'A limit is waived of what a consumer asks for; nothing else has one.',
    );
}

function assertSent(type: NewInstruction['type'], sent: ReturnRequest | null): void {
  if (type !== 'RETURN' && sent !== null)
    throw new DomainError('SCOPE_INVALID', 'Where a package goes is said of a RETURN alone.');
}

/** Refuses an order that the policy or the calendar does not let be: `TYPE_NOT_ENABLED`, `RECEIPT_IN_FUTURE`. */
export function assertAcceptable(
  { type, consumerRequest }: NewInstruction,
  { policy, at }: { policy: Policy; at: Date },
): void {
  if (!policy.enabledTypes.includes(type)) throw notEnabled();
  if (consumerRequest !== null && consumerRequest.receivedAt > at) {
    throw new DomainError('RECEIPT_IN_FUTURE', 'A consumer request cannot have been received in the future.');
  }
}

const notEnabled = (): DomainError =>
  new DomainError('TYPE_NOT_ENABLED', 'This kind of instruction is not enabled for this tenant.');
