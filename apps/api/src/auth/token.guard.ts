import {
  applyDecorators,
  type CanActivate,
  type ExecutionContext,
  Injectable,
  SetMetadata,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ApiExtension } from '@nestjs/swagger';
import { ConfirmGrant, type Scope } from '@personr/access';
import { DomainError } from '@personr/kernel';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { RequestRates } from '../rates/request-rates.js';
import { type CallerRequest } from './caller.js';
import { JwtStrategy } from './jwt.strategy.js';

const NEEDED = 'personr:scope';
const OPEN = 'personr:open';

/** The scope that a route needs. A route with neither this nor `Open` is refused to everybody. */
export const Needs = (scope: Scope): MethodDecorator =>
  applyDecorators(SetMetadata(NEEDED, scope), ApiExtension('x-scope', scope));

/** A route that needs no token. */
export const Open = (): MethodDecorator & ClassDecorator => SetMetadata(OPEN, true);

/** Lets in who shows a token of ours that holds the scope the route needs. */
@Injectable()
export class TokenGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly rates: RequestRates,
    private readonly strategy: JwtStrategy,
    private readonly confirmGrant: ConfirmGrant,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean | undefined>(OPEN, targets) === true) return true;
    const http = context.switchToHttp();
    const incoming = http.getRequest<FastifyRequest>();
    const claimed = await this.strategy.grantOf(incoming);
    // Before the first look at a database, and after the signature: nobody spends another's quota.
    await this.rates.take(claimed, incoming, http.getResponse<FastifyReply>());
    const request: CallerRequest = Object.assign(incoming, { user: await this.confirmGrant.run(claimed) });
    const needed = this.reflector.getAllAndOverride<Scope | undefined>(NEEDED, targets);
    if (needed !== undefined && request.user.scopes.includes(needed)) return true;
    throw new DomainError('SCOPE_MISSING', 'The token does not hold the scope that this route needs.');
  }
}
