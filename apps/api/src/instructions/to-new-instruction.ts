import {
  type ExportRequest,
  type LeavingOrder,
  type NewInstruction,
  type ReturnRequest,
} from '@personr/instruction';
import { DomainError, parseId } from '@personr/kernel';
import { type Lookback, parseElement } from '@personr/law';
import { type ExportBody, type LookbackBody, type ReturnBody } from './export.dto.js';
import {
  type ConsumerRequestBody,
  type InstructionBody,
  type SubjectBody,
  type VerificationBody,
  type WritingBody,
} from './instructions.dto.js';

/** Reads an order. Throws `VALIDATION_FAILED` unless the subject is named in exactly one way, `ELEMENT_UNKNOWN`. */
export const toNewInstruction = (body: InstructionBody): NewInstruction => ({
  ...toOrder(body),
  subject: toAddress(body.subject),
});

/** Reads the order to erase everything. Throws `VALIDATION_FAILED` when a subject is named beside that, `ELEMENT_UNKNOWN`. */
export function toLeavingOrder(body: InstructionBody): LeavingOrder {
  assertOneWay(body.subject);
  return toOrder(body);
}

const toOrder = (body: InstructionBody): LeavingOrder => ({
  type: body.type,
  basis: body.basis,
  writing: toWriting(body.writing),
  consumerRequest: toRequest(body.consumerRequest),
  verification: toVerification(body.verification),
  scopeElements: (body.scope?.elements ?? []).map(parseElement),
  urgent: body.urgent ?? false,
  export: toExport(body.export),
  return: toReturn(body.return),
});

function assertOneWay({ id, externalId, identities, all }: SubjectBody): void {
  const ways = [id, externalId, identities, all].filter((way) => way !== undefined);
  if (ways.length === 1) return;
  throw new DomainError(
    'VALIDATION_FAILED',
    'Name the subject by exactly one of id, externalId, identities; or all of them by all.',
  );
}

function toAddress(subject: SubjectBody): NewInstruction['subject'] {
  assertOneWay(subject);
  const { id, externalId, identities, all } = subject;
  if (all !== undefined)
    throw new DomainError('VALIDATION_FAILED', 'The order to erase everything is sent by itself.');
  if (id !== undefined) return { by: 'ID', id: parseId(id) };
  if (externalId !== undefined) {
    return { by: 'IDENTITIES', identities: [{ type: 'EXTERNAL_ID', value: externalId }] };
  }
  return { by: 'IDENTITIES', identities: identities ?? [] };
}

function toExport(asked: ExportBody | undefined): ExportRequest | null {
  if (asked === undefined) return null;
  const { content, audience, lookback, waiver, encryptTo = null } = asked;
  return {
    content,
    audience,
    lookback: lookback === undefined ? null : toLookback(lookback),
    waiver: waiver?.reason ?? null,
    encryptTo,
  };
}

const toReturn = (asked: ReturnBody | undefined): ReturnRequest | null =>
  asked === undefined
    ? null
    : {
        endpointId: asked.endpointId === undefined ? null : parseId(asked.endpointId),
        encryptTo: asked.encryptTo ?? null,
      };

function toLookback({ from, all }: LookbackBody): Lookback {
  if (from !== undefined && all === undefined) return { from };
  if (all !== undefined && from === undefined) return { all };
  throw new DomainError('VALIDATION_FAILED', 'A look-back is either from a day on, or all.');
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
