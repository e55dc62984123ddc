import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

/** All that is given out to networks on the internet lies in here (IANA's registry of unicast addresses). */
const GLOBAL_IPV6 = ipaddr.parseCIDR("2000::/3");

/**
 * Whether an address leads to the internet, and not to this machine, its network, or a service that only it can reach.
 * Special ranges (loopback, private, link-local, carrier-grade NAT, multicast, reserved, documentation) are not public;
 * neither are IPv6 addresses that stand for an IPv4 one (mapped, 6to4, NAT64, Teredo), whichever that is.
 *
 * @param address as a resolver gives it; anything else is not public
 */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 0) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== "unicast") return false;
  return parsed.kind() === "ipv4" || parsed.match(GLOBAL_IPV6);
}
