import type { Amount } from "./budget.ts";

/** No lease takes more than this part of what is left, so that leases shrink as the remainder falls. */
const SHARE = 10;

/**
 * For how many calls a lease is made, of those that its holder would like: at least one, where one fits.
 *
 * @param budgets what each has left, and what one call takes of it at most
 */
export function leaseSize(
  wanted: number,
  budgets: readonly { readonly available: Amount; readonly needed: Amount }[],
): number {
  return budgets.reduce(
    (size, { available, needed }) => {
      if (needed.isZero()) return size;
      let [low, high] = [1, size];
      // The largest that fits: amounts are exact, so they are compared, not divided.
      while (low < high) {
        const middle = Math.ceil((low + high) / 2);
        if (available.atLeast(needed.times(String(middle * SHARE)))) low = middle;
        else high = middle - 1;
      }
      return low;
    },
    Math.max(1, wanted),
  );
}
