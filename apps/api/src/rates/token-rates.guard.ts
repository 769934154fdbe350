import { createHmac, randomBytes } from 'node:crypto';
import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { claimedClientId } from './claimed-client-id.js';
import { Quota } from './quota.js';
import { policyHeader, type QuotaState, stateHeader } from './rate-headers.js';
import { type RatesConfig } from './rates.config.js';
import { RatesRedis } from './rates.redis.js';
import { RATES, refuseSpent } from './request-rates.js';
import { networkOf } from './network.js';

/** What is no client id of ours is counted together. */
const NOBODY = 'malformed';

/**
 * Limits how often tokens are asked for: in the name of one client and from one network. It runs before anything
 * is looked up. What is left of a client's quota is not shown, since whoever asks has shown no secret yet.
 */
@Injectable()
export class TokenRates implements CanActivate {
  private readonly client: Quota;
  private readonly address: Quota;
  private readonly policies: string;
  /** Addresses are personal data: they are counted as a hash that nobody can undo once this process has ended. */
  private readonly key = randomBytes(32);

  constructor(@Inject(RATES) rates: RatesConfig, redis: RatesRedis) {
    const { windowSeconds } = rates;
    this.client = new Quota(
      { name: 'client', quota: rates.tokenClientRequests, windowSeconds },
      redis.client,
    );
    this.address = new Quota(
      { name: 'address', quota: rates.tokenAddressRequests, windowSeconds },
      redis.client,
    );
    this.policies = policyHeader([this.address.policy, this.client.policy]);
  }

  /** Lets the request through, or throws `RATE_LIMITED`. */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    const address = createHmac('sha256', this.key).update(networkOf(request.ip)).digest('base64url');
    const states = await this.take(address, claimedClientId(request) ?? NOBODY);
    void reply
      .header('RateLimit-Policy', this.policies)
      .header('RateLimit', stateHeader(states.filter(({ policy }) => policy === this.address.policy)));
    refuseSpent(states, reply);
    return true;
  }

  /** A spent address takes nothing from the client in whose name it goes on asking. */
  private take(address: string, clientId: string): Promise<QuotaState[]> {
    const spent = this.address.spent(address);
    if (spent !== null) return Promise.resolve([spent]);
    const client = this.client.spent(clientId);
    return Promise.all([
      this.address.take(address, 1),
      client === null ? this.client.take(clientId, 1) : Promise.resolve(client),
    ]);
  }
}
