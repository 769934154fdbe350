import {
  type ApiClientId,
  type InstructionId,
  type Json,
  type SubjectRef,
  type TenantId,
} from '@personr/kernel';
import { type Opening } from './batch.js';

/** Who acted: a tenant's API client, an operator of ours, or the system by itself. */
export type Actor =
  | { readonly kind: 'API_CLIENT'; readonly id: ApiClientId }
  | { readonly kind: 'OPERATOR' }
  | { readonly kind: 'SYSTEM' };

/**
 * What a room reports to the log. Each room declares its own types on top of this one. There is no member for
 * a value about a person, and `detail` takes counts, codes and ids only.
 */
export type AuditEvent<Name extends string = string> = {
  readonly event: Name;
  readonly at: Date;
  readonly actor: Actor;
  readonly instructionId?: InstructionId;
  readonly subjectRef?: SubjectRef | null;
  readonly from?: string;
  readonly to?: string;
  readonly policyVersion?: string;
  readonly reasonCode?: string;
  readonly requestId?: string;
  /** A salted hash of details that are kept elsewhere. */
  readonly commitment?: string;
  /** What the commitment was made of, if it is to outlive the data database: goes beside the log, never into it. */
  readonly opening?: Opening;
  readonly detail?: Readonly<Record<string, Json>>;
};

/** In whose name something is done: the tenant, the actor, the request it came with, and by which route of the contract. */
export type Caller = {
  readonly tenantId: TenantId;
  readonly actor: Actor;
  readonly requestId?: string;
  readonly route?: string;
};

/** The members of an event that come from the caller. */
export const by = ({ actor, requestId }: Caller): Pick<AuditEvent, 'actor' | 'requestId'> => ({
  actor,
  ...(requestId === undefined ? {} : { requestId }),
});
