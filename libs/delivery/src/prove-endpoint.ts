import { timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AuditLog, by, type Caller } from '@personr/audit';
import { Clock, DomainError } from '@personr/kernel';
import { Tenancy, type TenantTx } from '@personr/tenancy';
import { assertOpen } from './challenge-endpoint.js';
import { type EndpointEvent } from './endpoint.events.js';
import { type Challenge, type EndpointId, MOST_TRIES } from './endpoint.js';
import { keepChallenge, lockEndpoint, setProved } from './endpoint.repository.js';
import { known } from './find-endpoints.js';
import { hashOfCode } from './send-challenge.js';

/** Takes the answer to a challenge. */
@Injectable()
export class ProveEndpoint {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Makes the endpoint one that is delivered to, when the code is what was written there. Compared in constant time; five
   * wrong ones use a challenge up, however many come at once. Throws `CHALLENGE_WRONG`, `CHALLENGE_NOT_OPEN` (none was sent,
   * its time is up, it is used up), `ENDPOINT_NOT_FOUND`, `ENDPOINT_REVOKED`, `ILLEGAL_TRANSITION` for one that is proved.
   */
  async run(caller: Caller, id: EndpointId, code: string): Promise<void> {
    const isRight = await this.tenancy.forTenant(caller.tenantId, async (tx) => {
      const at = this.clock.now();
      const { challenge, codeSha256 } = openOf(assertOpen(known(await lockEndpoint(tx, id))).challenge, at);
      if (timingSafeEqual(codeSha256, hashOfCode(code.trim()))) {
        await this.prove(tx, caller, { id, at });
        return true;
      }
      // The try counts although it is refused, so it is committed first.
      await keepChallenge(tx, id, { ...challenge, tries: challenge.tries + 1 });
      return false;
    });
    if (!isRight) throw new DomainError('CHALLENGE_WRONG', 'That is not the code that was written there.');
  }

  private async prove(tx: TenantTx, caller: Caller, { id, at }: { id: EndpointId; at: Date }): Promise<void> {
    await setProved(tx, id, at);
    const event: EndpointEvent = { event: 'endpoint.proved', at, ...by(caller), detail: { endpointId: id } };
    await this.audit.append(tx, event);
  }
}

function openOf(
  challenge: Challenge | null,
  at: Date,
): { readonly challenge: Challenge; readonly codeSha256: Uint8Array } {
  const isOpen = challenge?.endsAt != null && challenge.endsAt > at && challenge.tries < MOST_TRIES;
  if (isOpen && challenge.codeSha256 !== null) return { challenge, codeSha256: challenge.codeSha256 };
  throw new DomainError('CHALLENGE_NOT_OPEN', 'There is no challenge to answer. Ask for one.');
}
