import { isIP } from "node:net";
import { isPublicAddress } from "./public-address.ts";

/** Where messages may go. */
export interface TargetRules {
  /**
   * Targets of one's own network that may be reached nonetheless: `host:port`, as the address names them
   * (`127.0.0.1:8443`, `[::1]:8443`, `hooks.internal.example:443`). With `http://` before it, without encryption too.
   * @default none
   */
  readonly allow?: readonly string[];
  /** @default 443 alone */
  readonly ports?: readonly number[];
}

const URL_LENGTH_MAX = 2048;
const HTTPS_PORT = 443;

/** What is wrong with an address that messages are to go to, as far as it alone tells; nothing if it may do. */
export function webhookProblem(url: string, rules: TargetRules = {}): string | undefined {
  if (url.length > URL_LENGTH_MAX) return `must have at most ${URL_LENGTH_MAX} characters`;
  if (!URL.canParse(url)) return "must be an address, for example https://hooks.example.com/alerts";
  const target = new URL(url);
  if (target.username !== "" || target.password !== "") return "must not hold a user name or a password";
  if (target.hash !== "") return "must not have a part after #";
  if (isAllowed(target, rules)) return undefined;
  if (target.protocol !== "https:") return "must begin with https://";
  if (!(rules.ports ?? [HTTPS_PORT]).includes(portOf(target))) {
    return `must use port ${(rules.ports ?? [HTTPS_PORT]).join(" or ")}`;
  }
  return hostProblem(hostOf(target));
}

function hostProblem(host: string): string | undefined {
  const name = host.replace(/\.$/, "");
  if (isIP(name) !== 0) return isPublicAddress(name) ? undefined : "must be a public address";
  if (/(^|\.)localhost$/i.test(name)) return "must be a public address, and not this machine";
  if (!name.includes(".")) return "must name a host in full, for example hooks.example.com";
  return undefined;
}

/** Whether the rules let it through by name: its addresses then are as they are. */
export function isAllowed(target: URL, { allow = [] }: TargetRules): boolean {
  const authority = `${target.hostname}:${portOf(target)}`;
  if (target.protocol === "https:")
    return allow.includes(authority) || allow.includes(`https://${authority}`);
  return target.protocol === "http:" && allow.includes(`http://${authority}`);
}

export function portOf(target: URL): number {
  if (target.port !== "") return Number(target.port);
  return target.protocol === "http:" ? 80 : HTTPS_PORT;
}

/** Without the brackets of an IPv6 address. */
export const hostOf = (target: URL): string => target.hostname.replace(/^\[(.*)\]$/, "$1");
