import { DomainError } from '@personr/kernel';
import ipaddr from 'ipaddr.js';

/** Reads addresses and networks with commas between; none when left out. Throws `CONFIG_INVALID`. */
export function trustedProxiesOf(text: string | undefined): string[] {
  if (text === undefined || text === '') return [];
  const proxies = text.split(',').map((proxy) => proxy.trim());
  if (!proxies.every((proxy) => ipaddr.isValid(proxy) || ipaddr.isValidCIDR(proxy))) {
    throw new DomainError(
      'CONFIG_INVALID',
      'TRUSTED_PROXIES must be addresses or networks with commas between.',
    );
  }
  return proxies;
}
