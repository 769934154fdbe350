import { type LookupAddress } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import { DomainError } from '@personr/kernel';
import { download } from './download.js';
import { parseJwksUri } from './jwks-uri.js';
import { pickKeys, type PublicJwk } from './key-set.js';
import { isPublicAddress, isWithin } from './public-address.js';

/**
 * What a test may open: its own loopback network, port, certificate and names. Product code gives none of it, so
 * that only the open internet is reached.
 */
export type KeySetFetching = {
  readonly networks?: readonly string[];
  readonly ports?: readonly number[];
  readonly ca?: string;
  readonly resolve?: (host: string, signal: AbortSignal) => Promise<readonly string[]>;
  readonly totalMilliseconds?: number;
};

const TOTAL_MILLISECONDS = 4_000;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Fetches the key set that a client publishes. The URL is the client's choice, so it leads nowhere but to the open
 * internet: every address of the host is judged, and the connection goes to one of those and no other.
 */
export class KeySetFetcher {
  constructor(private readonly options: KeySetFetching = {}) {}

  /** The URL in its one spelling, if it is one that is fetched from. Throws `KEY_SET_REFUSED`. */
  placeOf(uri: string): string {
    return parseJwksUri(uri, this.options.ports).href;
  }

  /**
   * The keys at `uri` that can be used, after at most four seconds. Throws `KEY_SET_REFUSED` for a URL, address,
   * certificate, answer or key set that is not taken; a redirect is not followed.
   */
  async fetch(uri: string): Promise<PublicJwk[]> {
    const url = parseJwksUri(uri, this.options.ports);
    const signal = AbortSignal.timeout(this.options.totalMilliseconds ?? TOTAL_MILLISECONDS);
    try {
      const addresses = await this.addressesOf(url.hostname, signal);
      const bytes = await download(url, { addresses, signal, ca: this.options.ca });
      return pickKeys(JSON.parse(utf8.decode(bytes)) as unknown);
    } catch (cause) {
      if (cause instanceof DomainError) throw cause;
      throw new DomainError('KEY_SET_REFUSED', 'The key set could not be fetched.', { cause });
    }
  }

  private async addressesOf(host: string, signal: AbortSignal): Promise<LookupAddress[]> {
    const found = await (this.options.resolve ?? resolvePublicly)(host, signal);
    const { networks = [] } = this.options;
    // One address that leads inside is enough: whoever names it means it.
    if (
      found.length === 0 ||
      !found.every((address) => isPublicAddress(address) || isWithin(address, networks))
    ) {
      throw new DomainError(
        'KEY_SET_REFUSED',
        'The host of the key set has no address on the open internet.',
      );
    }
    return found.map((address) => ({ address, family: isIP(address) }));
  }
}

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
