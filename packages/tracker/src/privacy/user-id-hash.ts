import type { UsageContext } from "../context/usage-context.ts";
import type { Gate } from "../recording/gate.ts";
import { type HashKey, type KeyedHash, keyedHash } from "./keyed-hash.ts";

/** A busy process has so many users at a time; of more, those seen first are worked out anew. */
const CACHED_MAX = 10_000;

/** @returns what makes `u_` and 32 hexadecimal digits of a user's id, always the same with the same key */
export function userIdHash(options: HashKey): KeyedHash {
  const hash = keyedHash(options, "user");
  const known = new Map<string, string>();
  return (userId) => {
    const seen = known.get(userId);
    if (seen !== undefined) return seen;
    const hashed = `u_${hash(userId)}`;
    if (known.size >= CACHED_MAX) known.delete(known.keys().next().value as string);
    known.set(userId, hashed);
    return hashed;
  };
}

/** @returns what makes a context as it may leave the process. A context that is frozen is worked out once */
export function contextWithHashedUser(hash: KeyedHash): (context: UsageContext) => UsageContext {
  const known = new WeakMap<UsageContext, UsageContext>();
  return (context) => {
    const { userId } = context;
    if (userId === undefined) return context;
    const seen = known.get(context) ?? Object.freeze({ ...context, userId: hash(userId) });
    known.set(context, seen);
    return seen;
  };
}

/** Budgets are asked about users under the names that their metrics have. */
export function gateForHashedUsers(gate: Gate, hashed: (context: UsageContext) => UsageContext): Gate {
  return {
    enter: (start, context) => gate.enter(start, hashed(context)),
    close: () => gate.close(),
  };
}
