import { Injectable } from '@nestjs/common';
import { AuditLog, by, type Caller } from '@personr/audit';
import { Clock, newId } from '@personr/kernel';
import { type TenantTx } from '@personr/tenancy';
import { type EndpointEvent } from './endpoint.events.js';
import {
  type Endpoint,
  type EndpointAddress,
  type EndpointId,
  type EndpointSecret,
  type NewEndpoint,
} from './endpoint.js';
import { insertEndpoint } from './endpoint.repository.js';
import { assertAddress } from './parse-address.js';
import { SealedEndpoints } from './sealed-endpoints.js';
import { newSshKey } from './ssh-key.js';

/** Takes down where a tenant wants things sent. */
@Injectable()
export class RegisterEndpoint {
  constructor(
    private readonly endpoints: SealedEndpoints,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Seals where it is and what opens it, then writes the endpoint and its entry in the caller's transaction; the entry holds
   * id and kind alone. Nothing is sent to it until it is proved. Throws `ENDPOINT_REFUSED`.
   */
  async run(tx: TenantTx, caller: Omit<Caller, 'tenantId'>, given: NewEndpoint): Promise<Endpoint> {
    assertAddress(given.address);
    const at = this.clock.now();
    const id: EndpointId = newId(at);
    const { name } = given;
    const { address, secret } = whole(given);
    const sealed = await this.endpoints.seal(tx.tenantId, id, { name, address, secret });
    const { kind } = address;
    await insertEndpoint(tx, { id, kind, ...sealed, createdAt: at });
    const event: EndpointEvent = {
      event: 'endpoint.registered',
      at,
      ...by({ ...caller, tenantId: tx.tenantId }),
      detail: { endpointId: id, kind },
    };
    await this.audit.append(tx, event);
    return { id, kind, name, address, challenge: null, createdAt: at, provedAt: null, revokedAt: null };
  }
}

/** The address with what opens it: a key pair that is made here where it is a server of SFTP. */
function whole({ address, secret }: NewEndpoint): { address: EndpointAddress; secret: EndpointSecret } {
  if (address.kind === 'SFTP') {
    const { seed, publicKey } = newSshKey();
    return { address: { ...address, publicKey }, secret: { seed } };
  }
  if (secret === null) throw new Error('an endpoint comes with what opens it');
  return { address, secret };
}
