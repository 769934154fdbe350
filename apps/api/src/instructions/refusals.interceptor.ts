import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { InstructionLog } from '@personr/instruction';
import { type DomainError, isDomainError } from '@personr/kernel';
import { catchError, type Observable } from 'rxjs';
import { callerOf, type CallerRequest } from '../auth/caller.js';
import { PROBLEM_STATUS } from '../problem/problem-status.js';

/** Leaves an entry in the tenant's log for each request of these routes that is refused. */
@Injectable()
export class RefusalsInterceptor implements NestInterceptor {
  constructor(private readonly log: InstructionLog) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<CallerRequest>();
    return next.handle().pipe(
      catchError(async (error: unknown) => {
        if (isRefusal(error)) await this.log.refused(callerOf(request), error);
        throw error;
      }),
    );
  }
}

/** A receipt that is asked for too early is no refusal: whoever waits for one asks again and again. */
const isRefusal = (error: unknown): error is DomainError =>
  isDomainError(error) && PROBLEM_STATUS[error.code] < 500 && error.code !== 'NOT_FINISHED';
