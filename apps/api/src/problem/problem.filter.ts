import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import { DomainError, type ErrorCode, safeError } from '@personr/kernel';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { markRefused } from '../refusals/refused.js';
import { type Problem, problemOf } from './problem.js';
import { ValidationRefused } from './validation-refused.js';

const BY_STATUS: Readonly<Record<number, readonly [ErrorCode, string]>> = {
  400: ['BODY_MALFORMED', 'The request could not be read.'],
  404: ['ROUTE_NOT_FOUND', 'There is no such route.'],
  413: ['BODY_TOO_LARGE', 'The body is larger than this route takes.'],
  415: ['CONTENT_TYPE_UNSUPPORTED', 'This route does not take that content type.'],
};

const OAUTH_ERRORS: Readonly<Partial<Record<ErrorCode, string>>> = {
  CREDENTIAL_MISSING: 'invalid_client',
  CREDENTIAL_INVALID: 'invalid_client',
  SCOPE_MISSING: 'invalid_scope',
  GRANT_UNSUPPORTED: 'unsupported_grant_type',
  INTERNAL: 'server_error',
};

/** Turns every failure into a problem document. An unforeseen one says nothing outside and its kind inside. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const problem = forOAuth(request, toProblem(error, request.id));
    markRefused(request, problem.code, error);
    if (problem.status >= 500) request.log.error({ code: problem.code, error: safeError(error) }, 'failed');
    if (problem.status === 401) void reply.header('WWW-Authenticate', challenge(request, problem.code));
    if (isSoonOver(problem) && !reply.hasHeader('Retry-After')) void reply.header('Retry-After', '1');
    void reply.status(problem.status).header('Content-Type', 'application/problem+json').send(problem);
  }
}

/** What stands in the way may be gone a moment later. */
const isSoonOver = ({ code, status }: Problem): boolean => code === 'NOT_FINISHED' || status === 503;

function toProblem(error: unknown, requestId: string): Problem {
  if (error instanceof ValidationRefused) {
    return problemOf(error.code, { detail: error.message, requestId, errors: error.errors });
  }
  if (error instanceof DomainError) return problemOf(error.code, { detail: error.message, requestId });
  const [code, detail] = BY_STATUS[statusOf(error)] ?? ['INTERNAL', 'Something went wrong on our side.'];
  return problemOf(code, { detail, requestId });
}

function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  const { statusCode } = (error ?? {}) as { statusCode?: unknown };
  return typeof statusCode === 'number' ? statusCode : 500;
}

/** RFC 6749, section 5.2: at the token endpoint, a client of that standard looks for `error`. */
function forOAuth(request: FastifyRequest, problem: Problem): Problem & { error?: string } {
  if (!request.url.startsWith('/oauth/')) return problem;
  return { ...problem, error: OAUTH_ERRORS[problem.code] ?? 'invalid_request' };
}

/** RFC 6750, section 3: the reason is named only when a token was sent. */
function challenge(request: FastifyRequest, code: ErrorCode): string {
  if (request.url.startsWith('/oauth/')) return 'Basic realm="personr"';
  return code === 'CREDENTIAL_MISSING' ? 'Bearer' : 'Bearer error="invalid_token"';
}
