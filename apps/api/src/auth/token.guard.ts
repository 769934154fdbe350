import {
  applyDecorators,
  type CanActivate,
  type ExecutionContext,
  Injectable,
  SetMetadata,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import { ApiExtension } from '@nestjs/swagger';
import { type Scope } from '@personr/access';
import { InstructionLog } from '@personr/instruction';
import { DomainError } from '@personr/kernel';
import { type FastifyReply } from 'fastify';
import { RequestRates } from '../rates/request-rates.js';
import { callerOf, type CallerRequest } from './caller.js';

const NEEDED = 'personr:scope';
const OPEN = 'personr:open';

/** The scope that a route needs. A route with neither this nor `Open` is refused to everybody. */
export const Needs = (scope: Scope): MethodDecorator =>
  applyDecorators(SetMetadata(NEEDED, scope), ApiExtension('x-scope', scope));

/** A route that needs no token. */
export const Open = (): MethodDecorator & ClassDecorator => SetMetadata(OPEN, true);

/** Lets in who shows a token of ours that holds the scope the route needs. Who may not instruct leaves an entry. */
@Injectable()
export class TokenGuard extends AuthGuard('jwt') implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly log: InstructionLog,
    private readonly rates: RequestRates,
  ) {
    super();
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean | undefined>(OPEN, targets) === true) return true;
    await super.canActivate(context);
    const http = context.switchToHttp();
    const request = http.getRequest<CallerRequest>();
    await this.rates.take(request.user, request, http.getResponse<FastifyReply>());
    const needed = this.reflector.getAllAndOverride<Scope | undefined>(NEEDED, targets);
    if (needed !== undefined && request.user.scopes.includes(needed)) return true;
    const refusal = new DomainError(
      'SCOPE_MISSING',
      'The token does not hold the scope that this route needs.',
    );
    if (needed?.startsWith('instructions:')) await this.log.refused(callerOf(request), refusal);
    throw refusal;
  }

  /** Passport's verdict, in our words: `CREDENTIAL_MISSING` or `CREDENTIAL_INVALID`. */
  override handleRequest<User>(error: unknown, user: User | false, info: unknown): User {
    if (error instanceof Error) throw error;
    if (user !== false) return user;
    const missing = info instanceof Error && info.message === 'No auth token';
    throw missing
      ? new DomainError('CREDENTIAL_MISSING', 'This route needs a bearer token. POST /oauth/token gives one.')
      : new DomainError('CREDENTIAL_INVALID', 'The bearer token is not one of ours.');
  }
}
