import { type LookupAddress } from 'node:dns';
import { type Outflow } from './outflow.js';

/** What is to arrive, under which name: letters, digits, dots, hyphens and underscores. */
export type Parcel = {
  readonly name: string;
  /** How many bytes it has, where that is known beforehand. */
  readonly size?: number | undefined;
  /** Gives the bytes, from the beginning each time it is called; the same ones each time. */
  open(): AsyncIterable<Uint8Array>;
};

/** A parcel with what is to be done with it: encrypted to a recipient of age, given up when the signal aborts. */
export type Order = Parcel & {
  readonly encryptTo?: string | null | undefined;
  readonly signal?: AbortSignal | undefined;
};

/** Size and SHA-256 (hex; null where none can be told) of what is going to be sent. */
export type Measure = { readonly size: number; readonly sha256: string | null };

/** What a connection is made with: addresses that were judged, and how long to wait for it and for the endpoint. */
export type Line = {
  readonly addresses: readonly LookupAddress[];
  readonly connectMilliseconds: number;
  readonly patienceMilliseconds: number;
};

/** One parcel on its way: its name, its bytes, and their measure where the carrier asked for it. */
export type Shipment = { readonly name: string; readonly flow: Outflow; readonly measure: Measure | null };

/**
 * A way to bring bytes to an endpoint. What is there under the name afterwards is all of them or what was there before;
 * bringing the same again leaves one.
 */
export interface Carrier {
  /** The host that it connects to: a name, or an address. */
  readonly host: string;

  /** Whether it must say size and digest before the first byte. */
  readonly measures: boolean;

  /** How long an endpoint may take with a piece, as a multiple of the usual patience: more where many go as one. */
  readonly patience: number;

  /** Brings it. Rejects with a `DeliveryFailure`, or an error of the connection: see `reasonOf`. */
  bring(shipment: Shipment, line: Line): Promise<void>;
}
