import { Injectable } from '@nestjs/common';
import { assertProved, type EndpointId, findEndpoint } from '@personr/delivery';
import { type ApiClientId, type DomainError, isDomainError } from '@personr/kernel';
import { assertInstructable, type Policy } from '@personr/law';
import { type TenantTx } from '@personr/tenancy';
import { type AgreementId, assertMayInstruct, type InstructorId, TermsReader } from '@personr/terms';
import { assertAcceptable } from './acceptable.js';
import { refusalOf } from './acceptance.js';
import { type NewInstruction } from './instruction.js';

/** What an order rests on: the instant it was judged at, the agreement, who gave it, and the policy. */
export type Footing = {
  readonly at: Date;
  readonly agreementId: AgreementId | null;
  readonly instructorId: InstructorId | null;
  readonly policy: Policy;
};

/** Judges orders by what was agreed with the tenant. */
@Injectable()
export class JudgeOrders {
  constructor(private readonly terms: TermsReader) {}

  /**
   * What each order rests on, read afresh in the caller's transaction, at one instant, or why it rests on nothing:
   * `AGREEMENT_NOT_IN_FORCE` without an agreement in force, but for DELETE and RETURN in the wind-down,
   * `INSTRUCTOR_NOT_AUTHORISED`, for an endpoint that is not proved (R-55) `ENDPOINT_NOT_FOUND`, `ENDPOINT_REVOKED` or
   * `ENDPOINT_NOT_PROVED`, and what `assertAcceptable` throws.
   */
  async run(
    tx: TenantTx,
    clientId: ApiClientId,
    orders: readonly NewInstruction[],
  ): Promise<(Footing | DomainError)[]> {
    if (orders.length === 0) return [];
    const { at, standing, agreementId, policy } = await this.terms.inForce(tx);
    const instructors = new Map<string, InstructorId | null | DomainError>();
    const unproved = await refusedEndpoints(tx, orders);
    const footings: (Footing | DomainError)[] = [];
    for (const order of orders) {
      const refusal =
        refusalOf(() => {
          assertInstructable(standing, order.type);
          assertAcceptable(order, { policy, at });
        }) ?? refusedAt(unproved, order);
      const { instructorId } = order.writing;
      const name = `${order.type} ${String(instructorId)}`;
      if (refusal === null && !instructors.has(name)) {
        instructors.set(name, await instructorOf(tx, { clientId, instructorId, type: order.type, at }));
      }
      footings.push(refusal ?? onFooting({ at, agreementId, policy }, instructors.get(name) ?? null));
    }
    return footings;
  }
}

/** Why the endpoints that orders name are none that a package is brought to; those that are do not occur. */
async function refusedEndpoints(
  tx: TenantTx,
  orders: readonly NewInstruction[],
): Promise<ReadonlyMap<EndpointId, DomainError>> {
  const refused = new Map<EndpointId, DomainError>();
  for (const id of new Set(orders.map((order) => order.return?.endpointId ?? null))) {
    if (id === null) continue;
    const row = await findEndpoint(tx, id);
    const refusal = refusalOf(() => {
      assertProved(row);
    });
    if (refusal !== null) refused.set(id, refusal);
  }
  return refused;
}

const refusedAt = (
  refused: ReadonlyMap<EndpointId, DomainError>,
  order: NewInstruction,
): DomainError | null => refused.get(order.return?.endpointId ?? ('' as EndpointId)) ?? null;

const onFooting = (
  ground: Omit<Footing, 'instructorId'>,
  instructorId: InstructorId | null | DomainError,
): Footing | DomainError => (isDomainError(instructorId) ? instructorId : { ...ground, instructorId });

const instructorOf = (
  tx: TenantTx,
  asked: Parameters<typeof assertMayInstruct>[1],
): Promise<InstructorId | null | DomainError> =>
  assertMayInstruct(tx, asked).catch((error: unknown) => {
    if (isDomainError(error)) return error;
    throw error;
  });
