import ipaddr from 'ipaddr.js';

// IANA hands out no other block as global unicast; what lies outside may lead to an IPv4 address inside a house.
const GLOBAL_IPV6 = ipaddr.parseCIDR('2000::/3') as [ipaddr.IPv6, number];

/**
 * Says whether an address is one of the open internet: global unicast and nothing else. Private, loopback,
 * link-local, shared (CGNAT), multicast, reserved and documentation addresses are not, nor is anything that wraps
 * an IPv4 address (mapped, compatible, NAT64, 6to4, Teredo), nor anything that is not an address in its one spelling.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.IPv4.isValidFourPartDecimal(address) && !ipaddr.IPv6.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== 'unicast') return false;
  return parsed instanceof ipaddr.IPv4 || parsed.match(GLOBAL_IPV6);
}

/** Says whether the text is a network (CIDR). */
export const isNetwork = (text: string): boolean => ipaddr.isValidCIDR(text);

/** Says whether an address lies in one of the networks (CIDR). */
export function isWithin(address: string, networks: readonly string[]): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  return networks.some((network) => {
    const [base, bits] = ipaddr.parseCIDR(network);
    return base.kind() === parsed.kind() && parsed.match(base, bits);
  });
}
