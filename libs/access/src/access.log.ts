import { Injectable } from '@nestjs/common';
import { type Caller, type CountableEvent, CountedLog, type Counting, by, LaterCounts } from '@personr/audit';
import { type ApiClientId, Clock, type ErrorCode } from '@personr/kernel';
import { type AccessEvent } from './access.events.js';
import { type ClientName } from './client-id.js';
import { type RefusalReason } from './credential-refused.js';
import { type AuthMethod } from './directory.repository.js';
import { type Scope } from './scope.js';

/** An API client that calls, and by which route. */
export type ClientCall = Caller & { readonly clientId: ApiClientId };

/** Of what a client does a minute, the first ten have an entry each. */
const A_MINUTE: Counting = { singly: 10, seconds: 60 };
/** What must not ask a database each time has no entry of its own. */
const A_MINUTE_TOGETHER: Counting = { singly: 0, seconds: 60 };
/** Anybody may try a client's name: whoever does fills the log by an entry an hour for each reason. */
const AN_HOUR_TOGETHER: Counting = { singly: 0, seconds: 3_600 };

const NO_ROUTE = 'none';

/** What the tenant's log says of who came in, and of what a client of the tenant was refused. */
@Injectable()
export class AccessLog {
  constructor(
    private readonly counted: CountedLog,
    private readonly later: LaterCounts,
    private readonly clock: Clock,
  ) {}

  /** Notes a sign-in, with what the token is going to grant. Resolves once that is committed. */
  granted(
    call: ClientCall,
    { method, scopes }: { readonly method: AuthMethod; readonly scopes: readonly Scope[] },
  ): Promise<void> {
    const event = this.event(call, { event: 'sign-in.granted', detail: { method, scopes: [...scopes] } });
    return this.counted.note(call.tenantId, [countable(call, event, A_MINUTE)]);
  }

  /**
   * Counts a refused sign-in in the name of a client that there is, without making anybody wait: how long an answer takes
   * must not tell who is known. Up to a second of these is lost with a process that is killed.
   */
  signInRefused({ tenantId, id: clientId }: ClientName, reason: RefusalReason, route: string): void {
    const event: AccessEvent = {
      event: 'sign-in.refused',
      at: this.clock.now(),
      actor: { kind: 'SYSTEM' },
      reasonCode: reason,
    };
    this.later.note(tenantId, { event, clientId, route, counting: AN_HOUR_TOGETHER });
  }

  /** Notes what a client was refused. Resolves once that is committed. */
  refused(call: ClientCall, code: ErrorCode): Promise<void> {
    return this.counted.note(call.tenantId, [countable(call, this.refusal(call, code), A_MINUTE)]);
  }

  /** Notes lines of a stream that were refused, which goes on meanwhile: up to a second of these is lost as above. */
  refusedLines(call: ClientCall, codes: readonly ErrorCode[]): void {
    const counts = new Map<ErrorCode, number>();
    for (const code of codes) counts.set(code, (counts.get(code) ?? 0) + 1);
    for (const [code, times] of counts) {
      const one = countable(call, this.refusal(call, code), A_MINUTE);
      this.later.note(call.tenantId, { ...one, times });
    }
  }

  /** Counts what a client was refused because it asks for too much, as `signInRefused` counts. */
  refusedLater(call: ClientCall, code: ErrorCode): void {
    this.later.note(call.tenantId, countable(call, this.refusal(call, code), A_MINUTE_TOGETHER));
  }

  private refusal(call: ClientCall, reasonCode: ErrorCode): AccessEvent {
    return this.event(call, { event: 'request.refused', reasonCode });
  }

  private event(call: ClientCall, event: Pick<AccessEvent, 'event' | 'reasonCode' | 'detail'>): AccessEvent {
    const { route = NO_ROUTE } = call;
    return { ...event, at: this.clock.now(), ...by(call), detail: { ...event.detail, route } };
  }
}

const countable = (
  { clientId, route = NO_ROUTE }: ClientCall,
  event: AccessEvent,
  counting: Counting,
): CountableEvent => ({ event, clientId, route, counting });
