import { Inject, Injectable } from '@nestjs/common';
import { type Grant } from '@personr/access';
import { DomainError } from '@personr/kernel';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { Quota } from './quota.js';
import { policyHeader, type QuotaState, stateHeader } from './rate-headers.js';
import { type RatesConfig } from './rates.config.js';
import { RatesRedis } from './rates.redis.js';
import { costOf } from './request-cost.js';

/** Provides the limits. */
export const RATES = Symbol('rates');

/** Limits what an API client, and all of a tenant's together, ask for. */
@Injectable()
export class RequestRates {
  private readonly credential: Quota;
  private readonly tenant: Quota;
  private readonly policies: string;

  constructor(@Inject(RATES) rates: RatesConfig, redis: RatesRedis) {
    const { windowSeconds } = rates;
    this.credential = new Quota(
      { name: 'credential', quota: rates.credentialRequests, windowSeconds },
      redis.client,
    );
    this.tenant = new Quota({ name: 'tenant', quota: rates.tenantRequests, windowSeconds }, redis.client);
    this.policies = policyHeader([this.credential.policy, this.tenant.policy]);
  }

  /**
   * Takes the request's cost from both quotas, in one round trip, and says in the answer's headers what is left.
   * Throws `RATE_LIMITED` before any database is asked. What a spent credential still sends is not taken from
   * its tenant.
   */
  async take({ clientId, tenantId }: Grant, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const spent = this.credential.spent(clientId) ?? this.tenant.spent(tenantId);
    const cost = costOf(request.headers);
    const states =
      spent === null
        ? await Promise.all([this.credential.take(clientId, cost), this.tenant.take(tenantId, cost)])
        : [spent];
    void reply.header('RateLimit-Policy', this.policies).header('RateLimit', stateHeader(states));
    refuseSpent(states, reply);
  }
}

/** Throws `RATE_LIMITED`, and says when to come again, if one of the quotas is spent. */
export function refuseSpent(states: readonly QuotaState[], reply: FastifyReply): void {
  const refused = states.filter(({ isRefused }) => isRefused);
  if (refused.length === 0) return;
  const seconds = Math.max(...refused.map(({ resetSeconds }) => resetSeconds));
  void reply.header('Retry-After', String(seconds));
  throw new DomainError(
    'RATE_LIMITED',
    'More was asked for than the quota allows. Come again after the seconds that Retry-After says.',
  );
}
