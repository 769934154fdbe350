import { AuditLog } from '@personr/audit';
import { type Clock } from '@personr/kernel';
import { type Tenancy } from '@personr/tenancy';
import { type Vault } from '@personr/vault';
import { ChallengeEndpoint } from './challenge-endpoint.js';
import { Courier } from './courier.js';
import { type DeliveryOptions } from './delivery.options.js';
import { FindEndpoints } from './find-endpoints.js';
import { ProveEndpoint } from './prove-endpoint.js';
import { RegisterEndpoint } from './register-endpoint.js';
import { RevokeEndpoint } from './revoke-endpoint.js';
import { SealedEndpoints } from './sealed-endpoints.js';
import { SendChallenge } from './send-challenge.js';

/** What the room is built on. */
export type DeliveryParts = { readonly tenancy: Tenancy; readonly vault: Vault; readonly clock: Clock };

/** The room's use cases, wired by hand. */
export function deliveryOver({ tenancy, vault, clock }: DeliveryParts, options: DeliveryOptions = {}) {
  const sealed = new SealedEndpoints(vault);
  const audit = new AuditLog();
  const courier = new Courier(tenancy, sealed, clock, options);
  return {
    courier,
    register: new RegisterEndpoint(sealed, audit, clock),
    find: new FindEndpoints(tenancy, sealed),
    challenge: new ChallengeEndpoint(tenancy, audit, clock),
    send: new SendChallenge(tenancy, courier, clock),
    prove: new ProveEndpoint(tenancy, audit, clock),
    revoke: new RevokeEndpoint(tenancy, audit, clock),
  };
}
