import { createHash } from 'node:crypto';
import { findPublicAddresses } from '@personr/access';
import { DomainError } from '@personr/kernel';
import { encryptTo } from './age.js';
import { type Carrier, type Line, type Measure, type Order } from './carrier.js';
import { DeliveryFailure, type FailureReason, reasonOf } from './delivery-failure.js';
import { type DeliveryOptions } from './delivery.options.js';
import { Outflow } from './outflow.js';

const CONNECT_MILLISECONDS = 10_000;
const PATIENCE_MILLISECONDS = 30_000;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/;

type Sent = { readonly bytes: number; readonly sha256: string };
type Failed = { readonly reason: FailureReason };

/** One attempt of a carrier. Throws what the parcel itself throws, and the reason of its signal; what is the endpoint's fault is the answer. */
export async function dispatch(
  carrier: Carrier,
  parcel: Order,
  options: DeliveryOptions,
): Promise<Sent | Failed> {
  if (!NAME.test(parcel.name)) throw new DomainError('VALIDATION_FAILED', 'A parcel has a plain name.');
  const line = await lineTo(carrier, options).catch((error: unknown): Failed => ({
    reason: reasonOf(error),
  }));
  if ('reason' in line) return line;
  const plain = await measured(parcel, carrier);
  const { bytes, measure } = await sealedFor(parcel, plain);
  const flow = new Outflow(bytes, line.patienceMilliseconds * carrier.patience);
  const { name, signal = new AbortController().signal } = parcel;
  const giveUp = (): void => {
    flow.giveUp(signal.reason);
  };
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    signal.throwIfAborted();
    await carrier.bring({ name, flow, measure }, line);
    return { bytes: flow.bytes, sha256: flow.sha256() };
  } catch (error) {
    signal.throwIfAborted();
    return failed(flow, error);
  } finally {
    signal.removeEventListener('abort', giveUp);
    flow.rest();
  }
}

/** Whose fault it is: throws when it is ours. */
function failed({ failure, signal }: Outflow, error: unknown): Failed {
  if (failure !== undefined) throw failure.error;
  return { reason: reasonOf(signal.aborted ? signal.reason : error) };
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
async function measured(parcel: Order, { measures }: Carrier): Promise<Measure | null> {
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
  parcel: Order,
  plain: Measure | null,
): Promise<{ bytes: AsyncIterable<Uint8Array>; measure: Measure | null }> {
  if (parcel.encryptTo == null) return { bytes: parcel.open(), measure: plain };
  const { bytes, sizeOf } = await encryptTo(parcel.encryptTo, parcel.open());
  return { bytes, measure: plain === null ? null : { size: sizeOf(plain.size), sha256: null } };
}
