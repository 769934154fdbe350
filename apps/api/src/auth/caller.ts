import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type Grant, type Scope } from '@personr/access';
import { type Caller } from '@personr/audit';
import { type ApiClientId } from '@personr/kernel';
import { type FastifyRequest } from 'fastify';
import { routeNameOf } from '../http/route-name.js';

/** The caller as an API client: the tenant comes from its token, from nowhere else. */
export type ClientCaller = Caller & {
  readonly clientId: ApiClientId;
  /** What its token still grants. */
  readonly scopes: readonly Scope[];
  /** The `Idempotency-Key` it sent, as it sent it. */
  readonly idempotencyKey?: string;
};

/** A request after the guard: it knows who calls. */
export type CallerRequest = FastifyRequest & { readonly user: Grant };

/** The caller of a request that the guard let in. */
export const callerOf = (request: CallerRequest): ClientCaller => callerAs(request, request.user);

/** The caller of a request whose token, or credential, grants this. */
export function callerAs(request: FastifyRequest, grant: Grant): ClientCaller {
  const { tenantId, clientId, scopes } = grant;
  const key = request.headers['idempotency-key'];
  return {
    tenantId,
    clientId,
    scopes,
    requestId: request.id,
    route: routeNameOf(request),
    actor: { kind: 'API_CLIENT', id: clientId },
    ...(typeof key === 'string' ? { idempotencyKey: key } : {}),
  };
}

/** Hands a controller its caller. */
export const CurrentCaller = createParamDecorator((_: unknown, context: ExecutionContext): ClientCaller =>
  callerOf(context.switchToHttp().getRequest<CallerRequest>()),
);
