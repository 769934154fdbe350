import { createHash } from 'node:crypto';
import { findPublicAddresses } from '@personr/access';
import { DomainError } from '@personr/kernel';
import { encryptTo } from './age.js';
import { type Carrier, type Line, type Measure, type Parcel } from './carrier.js';
import { DeliveryFailure, type FailureReason, reasonOf } from './delivery-failure.js';
import { type DeliveryOptions } from './delivery.options.js';
import { Outflow } from './outflow.js';

const CONNECT_MILLISECONDS = 10_000;
const PATIENCE_MILLISECONDS = 30_000;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/;

type Sent = { readonly bytes: number; readonly sha256: string };

/** One attempt of a carrier. Throws what the parcel itself throws; what is the endpoint's fault is the answer. */
export async function dispatch(
  carrier: Carrier,
  parcel: Parcel & { readonly encryptTo?: string | null },
  options: DeliveryOptions,
): Promise<Sent | { readonly reason: FailureReason }> {
  if (!NAME.test(parcel.name)) throw new DomainError('VALIDATION_FAILED', 'A parcel has a plain name.');
  let line: Line;
  try {
    line = await lineTo(carrier, options);
  } catch (error) {
    return { reason: reasonOf(error) };
  }
  const plain = await measured(parcel, carrier);
  const { bytes, measure } = await sealedFor(parcel, plain);
  const flow = new Outflow(bytes, line.patienceMilliseconds * carrier.patience);
  try {
    await carrier.bring({ name: parcel.name, flow, measure }, line);
    return { bytes: flow.bytes, sha256: flow.sha256() };
  } catch (error) {
    if (flow.failure !== undefined) throw flow.failure.error;
    return { reason: reasonOf(flow.signal.aborted ? flow.signal.reason : error) };
  } finally {
    flow.rest();
  }
}

async function lineTo({ host }: Carrier, options: DeliveryOptions): Promise<Line> {
  const { connectMilliseconds = CONNECT_MILLISECONDS, patienceMilliseconds = PATIENCE_MILLISECONDS } =
    options;
  const addresses = await findPublicAddresses(host, options, AbortSignal.timeout(connectMilliseconds));
  if (addresses.length === 0) throw new DeliveryFailure('UNREACHABLE');
  return { addresses, connectMilliseconds, patienceMilliseconds };
}

/**
 * What is known of the parcel before its first byte leaves. A carrier that must say it has the parcel read through once
 * beforehand; of what is encrypted, which is other bytes each time, no digest can be told.
 */
async function measured(
  parcel: Parcel & { encryptTo?: string | null },
  { measures }: Carrier,
): Promise<Measure | null> {
  const isEncrypted = parcel.encryptTo != null;
  if (!measures || (isEncrypted && parcel.size !== undefined))
    return parcel.size === undefined ? null : { size: parcel.size, sha256: null };
  const hash = createHash('sha256');
  let size = 0;
  for await (const bytes of parcel.open()) {
    hash.update(bytes);
    size += bytes.length;
  }
  return { size, sha256: isEncrypted ? null : hash.digest('hex') };
}

async function sealedFor(
  parcel: Parcel & { encryptTo?: string | null },
  plain: Measure | null,
): Promise<{ bytes: AsyncIterable<Uint8Array>; measure: Measure | null }> {
  if (parcel.encryptTo == null) return { bytes: parcel.open(), measure: plain };
  const { bytes, sizeOf } = await encryptTo(parcel.encryptTo, parcel.open());
  return { bytes, measure: plain === null ? null : { size: sizeOf(plain.size), sha256: null } };
}
