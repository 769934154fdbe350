import ipaddr from 'ipaddr.js';

const CUSTOMER_BITS = 64;

/** The network of an address, as text: an IPv4 address itself; of IPv6 the 64 bits that one customer is given. */
export function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return 'unknown';
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  return parsed
    .toByteArray()
    .slice(0, CUSTOMER_BITS / 8)
    .join('.');
}
