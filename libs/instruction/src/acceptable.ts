import { type ApiClientId, DomainError } from '@personr/kernel';
import { type NewInstruction } from './instruction.js';

/**
 * Refuses an order that cannot be one, before anything is looked up: `TYPE_NOT_ENABLED`,
 * `INSTRUCTION_NOT_WRITTEN` without text and document hash, `INSTRUCTOR_NOT_AUTHORISED` for an instructor
 * other than the credential's own registration, `RECEIPT_IN_FUTURE`.
 */
export function assertAcceptable(
  order: NewInstruction,
  { clientId, at }: { clientId: ApiClientId; at: Date },
): void {
  assertWritten(order, clientId);
  if (order.consumerRequest !== null && order.consumerRequest.receivedAt > at) {
    throw new DomainError('RECEIPT_IN_FUTURE', 'A consumer request cannot have been received in the future.');
  }
}

function assertWritten({ type, basis, writing }: NewInstruction, clientId: ApiClientId): void {
  if (type !== 'DELETE' || basis === 'DROP') {
    throw new DomainError('TYPE_NOT_ENABLED', 'This kind of instruction is not enabled for this tenant.');
  }
  if (writing.text === null && writing.documentSha256 === null) {
    throw new DomainError(
      'INSTRUCTION_NOT_WRITTEN',
      'An instruction needs its written order: a text, or the SHA-256 of the signed document.',
    );
  }
  if (writing.instructorId !== null && writing.instructorId !== clientId) {
    throw new DomainError('INSTRUCTOR_NOT_AUTHORISED', 'This instructor is not authorised by the tenant.');
  }
}
