import { type LookupAddress } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { isPublicAddress, isWithin } from './public-address.js';

/** What may be reached beside the open internet, and who says where a name leads; both as everywhere when left out. */
export type Reach = {
  /** Networks (CIDR) that are let through although they are not of the open internet. */
  readonly networks?: readonly string[];
  /** Says where a name leads instead of the name servers; a test's. */
  readonly resolve?: (host: string, signal: AbortSignal) => Promise<readonly string[]>;
};

/**
 * Every address that a host leads to, when each of them may be reached; else none: one address that leads inside is
 * enough, whoever names it means it. An address in place of a name is judged as it stands. Rejects with what `resolve`
 * rejects with.
 */
export async function findPublicAddresses(
  host: string,
  { networks = [], resolve = resolvePublicly }: Reach,
  signal: AbortSignal,
): Promise<LookupAddress[]> {
  const found = isIP(host) === 0 ? await resolve(host, signal) : [host];
  const mayReach = (address: string): boolean => isPublicAddress(address) || isWithin(address, networks);
  return found.every(mayReach) ? found.map((address) => ({ address, family: isIP(address) })) : [];
}

/** Answers every look-up of a connection with the addresses that were judged, whatever the name leads to by now. */
export const pinnedTo =
  (addresses: readonly LookupAddress[]): LookupFunction =>
  (_host, { all }, done) => {
    const [first] = addresses;
    if (all === true) done(null, [...addresses]);
    else done(null, first?.address ?? '', first?.family);
  };

/** Asks the name servers only (no hosts file), and without the threads that other work of the process needs. */
async function resolvePublicly(host: string, signal: AbortSignal): Promise<readonly string[]> {
  const resolver = new Resolver({ timeout: 1_500, tries: 2 });
  const cancel = (): void => {
    resolver.cancel();
  };
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const answers = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
    return answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}
