import { DomainError, type ErrorCode } from '@personr/kernel';
import { type FastifyRequest } from 'fastify';

const refusals = new WeakMap<object, DomainError>();

/** Remembers why a request was answered as it was, for whoever tells of it (`tellRefusals`). */
export function markRefused({ raw }: FastifyRequest, code: ErrorCode, why: unknown = null): void {
  refusals.set(raw, why instanceof DomainError ? why : new DomainError(code, 'The request was refused.'));
}

/** Why the request was refused; undefined when it was not. */
export const refusalOf = ({ raw }: FastifyRequest): DomainError | undefined => refusals.get(raw);
