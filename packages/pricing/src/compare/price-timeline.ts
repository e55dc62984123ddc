import type { Instant } from "@ai-usage/core";
import type { PriceFact } from "./price-facts.ts";

/** A fact and the time between which it holds, `[from, to)`; absent: always before, until further notice. */
export interface DatedFact extends PriceFact {
  readonly from?: Instant;
  readonly to?: Instant;
}

/** A stretch of time over which two timelines differ in the same way. */
export interface TimelineDifference {
  readonly from?: Instant;
  readonly to?: Instant;
  readonly before?: PriceFact;
  readonly after?: PriceFact;
  /** Whether the earlier list, and the later one, has a new value at `from`. */
  readonly beforeSteps: boolean;
  readonly afterSteps: boolean;
}

/** What two lists say of one price, compared stretch by stretch between the moments at which either changes. */
export function compareTimelines(
  before: readonly DatedFact[],
  after: readonly DatedFact[],
): TimelineDifference[] {
  const moments = [...before, ...after].flatMap(({ from, to }) => [from ?? "", to ?? ""]);
  const starts = [...new Set(["", ...moments])].sort() as (Instant | "")[];
  const differences: TimelineDifference[] = [];
  starts.forEach((start, index) => {
    const was = factAt(before, start);
    const is = factAt(after, start);
    if (was?.value === is?.value) return;
    const end = starts[index + 1];
    const last = differences.at(-1);
    const goesOn = last?.to === start && last.before?.value === was?.value && last.after?.value === is?.value;
    if (last !== undefined && goesOn) {
      differences[differences.length - 1] = { ...withoutEnd(last), ...(end && { to: end }) };
      return;
    }
    const previous = index === 0 ? undefined : (starts[index - 1] ?? "");
    const steps = (facts: readonly DatedFact[], now: PriceFact | undefined) =>
      previous !== undefined && factAt(facts, previous)?.value !== now?.value;
    differences.push({
      ...(start && { from: start }),
      ...(end && { to: end }),
      ...(was && { before: was }),
      ...(is && { after: is }),
      beforeSteps: steps(before, was),
      afterSteps: steps(after, is),
    });
  });
  return differences;
}

function withoutEnd({ to: _, ...difference }: TimelineDifference): TimelineDifference {
  return difference;
}

/** Instants sort as text; the empty text is before all of them. */
function factAt(facts: readonly DatedFact[], at: Instant | ""): DatedFact | undefined {
  return facts.find(({ from = "", to }) => from <= at && (to === undefined || at < to));
}
