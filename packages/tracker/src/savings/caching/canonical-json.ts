/**
 * JSON with the members of every object in the order of their names, so that what is the same has the same text. Members that
 * are undefined are left out, as JSON does.
 *
 * @throws TypeError for what JSON has no text of, and would leave out or make the same: functions, `NaN`, a Map, a Blob, what
 *   holds itself
 */
export function canonicalJson(value: unknown): string {
  const text = JSON.stringify(value, (_, member: unknown) => canonicalMember(member));
  if (text === undefined) throw new TypeError("a request that is no JSON has no key");
  return text;
}

function canonicalMember(member: unknown): unknown {
  if (isPlainObject(member)) return sorted(member);
  const isLost =
    typeof member === "object"
      ? member !== null && !Array.isArray(member)
      : typeof member === "function" || typeof member === "symbol" || Number.isNaN(member);
  if (isLost || member === Number.POSITIVE_INFINITY || member === Number.NEGATIVE_INFINITY)
    throw new TypeError("a request that is no JSON has no key");
  return member;
}

/** An object whose names look like numbers has them in front whatever the order, which is an order too. */
function sorted(value: Record<string, unknown>): Record<string, unknown> {
  const result: Record<string, unknown> = Object.create(null);
  for (const name of Object.keys(value).sort()) result[name] = value[name];
  return result;
}

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Whether JSON brings it back as it is. What has methods, as a stream or an instance of a class, it does not. */
export function isPlainJson(value: unknown): boolean {
  if (value === null || typeof value === "string" || typeof value === "boolean") return true;
  if (typeof value === "number") return Number.isFinite(value);
  if (Array.isArray(value)) return value.every(isPlainJson);
  return (
    isPlainObject(value) &&
    Object.values(value).every((member) => member === undefined || isPlainJson(member))
  );
}
