import { moment } from "./format.ts";

/** An instant as the day it begins, where it is a midnight of UTC. */
export function dayOrMoment(at: string): string {
  return at.length === 10 ? at : moment(at).replace(" 00:00:00Z", "");
}

/** `from 2026-12-01`, `until 2026-12-01`, `2026-12-01 until 2027-01-01`, `always`. */
export function effectiveText(from: string | null, to: string | null): string {
  if (from === null) return to === null ? "always" : `until ${dayOrMoment(to)}`;
  return to === null ? `from ${dayOrMoment(from)}` : `${dayOrMoment(from)} until ${dayOrMoment(to)}`;
}
