import { Injectable } from '@nestjs/common';
import { AuditLog, by, type Caller } from '@personr/audit';
import { Clock, DomainError } from '@personr/kernel';
import { Tenancy } from '@personr/tenancy';
import { enqueueWork, wakeWork } from '@personr/work';
import { type EndpointEvent } from './endpoint.events.js';
import { type Challenge, type EndpointId, type EndpointRow, stateOf } from './endpoint.js';
import { keepChallenge, lockEndpoint } from './endpoint.repository.js';
import { known } from './find-endpoints.js';

const ASKED: Challenge = {
  state: 'ASKED',
  failure: null,
  sentAt: null,
  endsAt: null,
  codeSha256: null,
  tries: 0,
};

/** Asks for a challenge: a code that is written to the endpoint, for whoever can read it there to tell us. */
@Injectable()
export class ChallengeEndpoint {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Writes the challenge, its entry and the work of sending it together; from then on the one before is worth nothing. While
   * one waits to be sent it changes nothing. Throws `ENDPOINT_NOT_FOUND`, `ENDPOINT_REVOKED`, and `ILLEGAL_TRANSITION` for one that is
   * proved.
   */
  run(caller: Caller, id: EndpointId): Promise<void> {
    return this.tenancy.forTenant(caller.tenantId, async (tx) => {
      const row = assertOpen(known(await lockEndpoint(tx, id)));
      if (row.challenge?.state === 'ASKED') return;
      const at = this.clock.now();
      await keepChallenge(tx, id, ASKED);
      const work = { kind: 'CHALLENGE_ENDPOINT', referenceId: id, dueAt: at } as const;
      await enqueueWork(tx, work);
      await wakeWork(tx, work);
      const event: EndpointEvent = {
        event: 'endpoint.challenged',
        at,
        ...by(caller),
        detail: { endpointId: id },
      };
      await this.audit.append(tx, event);
    });
  }
}

/** The endpoint, if it is neither proved nor ended. Throws `ENDPOINT_REVOKED`, `ILLEGAL_TRANSITION`. */
export function assertOpen(row: EndpointRow): EndpointRow {
  const state = stateOf(row);
  if (state === 'REVOKED') throw new DomainError('ENDPOINT_REVOKED', 'The endpoint was revoked.');
  if (state === 'PROVED') throw new DomainError('ILLEGAL_TRANSITION', 'The endpoint is proved already.');
  return row;
}
