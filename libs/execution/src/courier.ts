import { type Instruction, type Parcel } from '@personr/instruction';
import { type TenantId } from '@personr/kernel';
import { type Lease } from '@personr/work';

/** A sealed package on its way to the Business that ordered it. */
export type Shipment = {
  readonly tenantId: TenantId;
  readonly instruction: Instruction;
  readonly parcel: Parcel;
  /** The right to bring it, until another has taken it over. */
  readonly lease: Lease;
  /** The bytes of the package, opened as they are taken, from the beginning each time. */
  readonly bytes: () => AsyncIterable<Uint8Array>;
  /** To be called every few seconds: says that the shipment goes on. Throws `LEASE_LOST` when another has taken it over. */
  readonly beat: () => Promise<void>;
};

/** How a package gets to its Business. */
export type Delivery = { readonly by: string };

/** Brings packages that are returned to where their instructions say. */
export abstract class Courier {
  /**
   * Brings the package there, whole, and resolves once it has arrived. May be called again for a package that did arrive,
   * and then leaves one there. Throws what keeps it from arriving: it is tried again later.
   */
  abstract deliver(shipment: Shipment): Promise<Delivery>;
}
