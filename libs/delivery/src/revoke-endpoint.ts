import { Injectable } from '@nestjs/common';
import { AuditLog, by, type Caller } from '@personr/audit';
import { Clock } from '@personr/kernel';
import { Tenancy } from '@personr/tenancy';
import { type EndpointEvent } from './endpoint.events.js';
import { type EndpointId } from './endpoint.js';
import { lockEndpoint, setEndpointRevoked } from './endpoint.repository.js';
import { known } from './find-endpoints.js';

/** Ends an endpoint, at once and for good. */
@Injectable()
export class RevokeEndpoint {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** From its commit on no delivery to it begins, and what opens it is gone. Again it changes nothing. Throws `ENDPOINT_NOT_FOUND`. */
  run(caller: Caller, id: EndpointId): Promise<void> {
    return this.tenancy.forTenant(caller.tenantId, async (tx) => {
      known(await lockEndpoint(tx, id));
      const at = this.clock.now();
      if (!(await setEndpointRevoked(tx, id, at))) return;
      const event: EndpointEvent = {
        event: 'endpoint.revoked',
        at,
        ...by(caller),
        detail: { endpointId: id },
      };
      await this.audit.append(tx, event);
    });
  }
}
