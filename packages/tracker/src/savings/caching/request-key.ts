import { randomBytes } from "node:crypto";
import { currentUsageContext } from "../../context/usage-context.ts";
import { type HashKey, keyedHash } from "../../privacy/keyed-hash.ts";
import { canonicalJson } from "./canonical-json.ts";

/** Among whom answers are shared; a function says for each call, and `undefined` keeps it out of the cache. */
export type CacheScope<Args extends readonly unknown[]> =
  | "shared"
  | "team"
  | "user"
  | ((...args: Args) => string | undefined);

export interface RequestKeyOptions<Args extends readonly unknown[]> {
  readonly key?: HashKey["key"];
  readonly keyOf?: (...args: Args) => unknown;
  readonly scope?: CacheScope<Args>;
}

/**
 * Makes the function that names calls: HMAC-SHA-256 of the request and of whose it is. Without a key it takes one by chance, for
 * this process alone.
 *
 * @throws TrackerConfigurationError when the key is too short to be a secret
 */
export function requestKeys<Args extends readonly unknown[]>({
  key = randomBytes(32),
  keyOf = (...args) => args[0],
  scope = "shared",
}: RequestKeyOptions<Args>): (...args: Args) => string | undefined {
  const hash = keyedHash({ key }, "cache");
  return (...args) => {
    const whose = ownerOf(scope, args);
    return whose === undefined ? undefined : hash(canonicalJson([whose, keyOf(...args)]));
  };
}

function ownerOf<Args extends readonly unknown[]>(scope: CacheScope<Args>, args: Args): string | undefined {
  if (scope === "shared") return "shared";
  if (typeof scope === "function") {
    const own = scope(...args);
    return own === undefined ? undefined : `own:${own}`;
  }
  const { team, userId } = currentUsageContext();
  const name = scope === "team" ? team : userId;
  return name === undefined ? undefined : `${scope}:${name}`;
}
