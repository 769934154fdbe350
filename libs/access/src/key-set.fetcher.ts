import { type LookupAddress } from 'node:dns';
import { DomainError } from '@personr/kernel';
import { download } from './download.js';
import { findPublicAddresses, type Reach } from './find-public-addresses.js';
import { parseJwksUri } from './jwks-uri.js';
import { pickKeys, type PublicJwk } from './key-set.js';

/**
 * What a test may open: its own loopback network, port, certificate and names. Product code gives none of it, so
 * that only the open internet is reached.
 */
export type KeySetFetching = Reach & {
  readonly ports?: readonly number[];
  readonly ca?: string;
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
    const found = await findPublicAddresses(host, this.options, signal);
    if (found.length > 0) return found;
    throw new DomainError('KEY_SET_REFUSED', 'The host of the key set has no address on the open internet.');
  }
}
