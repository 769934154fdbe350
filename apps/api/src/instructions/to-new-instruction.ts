import { type NewInstruction } from '@personr/instruction';
import { DomainError, parseId } from '@personr/kernel';
import { parseElement } from '@personr/law';
import {
  type ConsumerRequestBody,
  type InstructionBody,
  type SubjectBody,
  type VerificationBody,
  type WritingBody,
} from './instructions.dto.js';

/** Reads an order. Throws `VALIDATION_FAILED` unless the subject is named in exactly one way, `ELEMENT_UNKNOWN`. */
export const toNewInstruction = (body: InstructionBody): NewInstruction => ({
  type: body.type,
  basis: body.basis,
  subject: toAddress(body.subject),
  writing: toWriting(body.writing),
  consumerRequest: toRequest(body.consumerRequest),
  verification: toVerification(body.verification),
  scopeElements: (body.scope?.elements ?? []).map(parseElement),
  urgent: body.urgent ?? false,
});

function toAddress({ id, externalId, identities }: SubjectBody): NewInstruction['subject'] {
  const ways = [id, externalId, identities].filter((way) => way !== undefined);
  if (ways.length !== 1) {
    throw new DomainError(
      'VALIDATION_FAILED',
      'Name the subject by exactly one of id, externalId, identities.',
    );
  }
  if (id !== undefined) return { by: 'ID', id: parseId(id) };
  if (externalId !== undefined) {
    return { by: 'IDENTITIES', identities: [{ type: 'EXTERNAL_ID', value: externalId }] };
  }
  return { by: 'IDENTITIES', identities: identities ?? [] };
}

const toWriting = (writing: WritingBody | undefined): NewInstruction['writing'] => ({
  instructorId: writing?.instructorId ?? null,
  text: writing?.text ?? null,
  documentSha256: writing?.documentSha256 ?? null,
});

const toRequest = (request: ConsumerRequestBody | undefined): NewInstruction['consumerRequest'] =>
  request === undefined ? null : { ...request, receivedAt: new Date(request.receivedAt) };

const toVerification = (verification: VerificationBody | undefined): NewInstruction['verification'] =>
  verification === undefined
    ? null
    : {
        level: verification.level,
        method: verification.method,
        points: verification.points ?? [],
        declaration: verification.declaration ?? false,
        verifiedAt: new Date(verification.verifiedAt),
      };
