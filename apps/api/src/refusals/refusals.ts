import { Injectable } from '@nestjs/common';
import { AccessLog, ConfirmGrant, CredentialRefused, type Grant } from '@personr/access';
import { InstructionLog } from '@personr/instruction';
import { type DomainError, isDomainError } from '@personr/kernel';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { callerAs, callerOf, type CallerRequest, type ClientCaller } from '../auth/caller.js';
import { JwtStrategy } from '../auth/jwt.strategy.js';
import { RefusedCredentials } from '../auth/refused-credentials.js';
import { routeNameOf } from '../http/route-name.js';
import { PROBLEM_STATUS } from '../problem/problem-status.js';
import { RequestRates } from '../rates/request-rates.js';

const INSTRUCTIONS = '/v1/instructions';

/** Who was refused: a client of a tenant, one that asks for too much, somebody in the name of one, or nobody we know. */
type Refused =
  | { readonly who: 'CLIENT' | 'EAGER'; readonly caller: ClientCaller }
  | { readonly who: 'CLAIMANT'; readonly claim: CredentialRefused }
  | { readonly who: 'STRANGER' };

/**
 * Tells of refused requests. What a client of a tenant was refused comes into that tenant's log; whoever is not
 * known is counted in the house's own log, so that nobody fills a tenant's from outside.
 */
@Injectable()
export class Refusals {
  constructor(
    private readonly instructions: InstructionLog,
    private readonly access: AccessLog,
    private readonly strangers: RefusedCredentials,
    private readonly strategy: JwtStrategy,
    private readonly rates: RequestRates,
    private readonly confirmGrant: ConfirmGrant,
  ) {}

  /** Resolves when what must be told of the refusal before it is answered is committed. */
  async tell(request: FastifyRequest, reply: FastifyReply, refusal: DomainError): Promise<void> {
    if (isNone(refusal)) return;
    const refused = await this.whoIs(request, reply, refusal);
    if (refused.who === 'CLIENT') await this.tellTenant(refused.caller, refusal);
    else if (refused.who === 'EAGER') this.access.refusedLater(refused.caller, refusal.code);
    else this.count(refused, request, refusal);
  }

  /** Tells of lines of a stream, whose sender was let in, within a second. */
  tellLines(caller: ClientCaller, refusals: readonly DomainError[]): void {
    const told = refusals.filter((refusal) => !isNone(refusal) && PROBLEM_STATUS[refusal.code] < 500);
    this.access.refusedLines(
      caller,
      told.map(({ code }) => code),
    );
  }

  private tellTenant(caller: ClientCaller, refusal: DomainError): Promise<void> {
    const isInstruction = caller.route?.split(' ')[1]?.startsWith(INSTRUCTIONS) === true;
    return isInstruction
      ? this.instructions.refused(caller, refusal)
      : this.access.refused(caller, refusal.code);
  }

  private count(refused: Refused, request: FastifyRequest, refusal: DomainError): void {
    this.strangers.count(refusal instanceof CredentialRefused ? refusal.reason : refusal.code);
    if (refused.who !== 'CLAIMANT' || refused.claim.client === null) return;
    this.access.signInRefused(refused.claim.client, refused.claim.reason, routeNameOf(request));
  }

  private async whoIs(request: FastifyRequest, reply: FastifyReply, refusal: DomainError): Promise<Refused> {
    if (isKnown(request)) return { who: 'CLIENT', caller: callerOf(request) };
    if (refusal instanceof CredentialRefused && refusal.client !== null)
      return { who: 'CLAIMANT', claim: refusal };
    const claimed = await this.strategy.grantOf(request).catch(() => null);
    if (claimed === null) return { who: 'STRANGER' };
    const eager = { who: 'EAGER', caller: callerAs(request, claimed) } as const;
    if (isDomainError(refusal, 'RATE_LIMITED')) return eager;
    return this.confirmed(request, reply, claimed).catch((error: unknown): Refused => {
      if (isDomainError(error, 'RATE_LIMITED')) return eager;
      if (error instanceof CredentialRefused) return { who: 'STRANGER' };
      throw error;
    });
  }

  /** What is refused before the guard has seen it, as a body that cannot be read, is taken from the quota here. */
  private async confirmed(request: FastifyRequest, reply: FastifyReply, claimed: Grant): Promise<Refused> {
    await this.rates.take(claimed, request, reply);
    return { who: 'CLIENT', caller: callerAs(request, await this.confirmGrant.run(claimed)) };
  }
}

/**
 * A receipt that is asked for too early is no refusal: whoever waits for one asks again and again. Who is not taken in
 * again has an entry already, which names the erasure.
 */
const isNone = ({ code }: DomainError): boolean => code === 'NOT_FINISHED' || code === 'SUPPRESSED_REINGEST';

const isKnown = (request: FastifyRequest): request is CallerRequest =>
  (request as Partial<CallerRequest>).user !== undefined;
