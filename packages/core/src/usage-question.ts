import { type Cover, coverOf, hourCoverOf, type TimeRange } from "./period.ts";
import { GLOBAL_SCOPE, type NamedDimension, namedDimensions, type Scope, scopeOf } from "./scope.ts";
import { datesBetween, plusDays, startOfLocalDate, type UtcDate } from "./time.ts";

export const aggregations = [
  "day",
  "hour",
  "service",
  "model",
  "operation",
  "user",
  "team",
  "job",
  "feature",
  "environment",
] as const;
/** What an answer can be split by. */
export type Aggregation = (typeof aggregations)[number];

/** Days are calendar days in `timeZone`, both included. */
export interface UsageQuestion {
  readonly firstDate: string;
  readonly lastDate: string;
  readonly timeZone: string;
  readonly aggregations: readonly Aggregation[];
  /** A filter applies to everything that is asked for. */
  readonly filter: {
    readonly service?: string;
    readonly model?: string;
    readonly operation?: string;
    /** A user, team, job, feature, environment or custom scope. */
    readonly scope?: Scope;
  };
}

/** Which stored totals answer a question. */
export interface UsagePlan {
  readonly range: TimeRange;
  /** Days of the cube to read, when it is what answers. */
  readonly cube?: readonly UtcDate[];
  /** A scope's own totals; in full hours where the answer has to be cut by hours or by another zone's days. */
  readonly series?: { readonly scope: Scope; readonly cover: Cover };
  /** Dimensions answered from the totals of each of their values. */
  readonly dimensions: readonly NamedDimension[];
  readonly dimensionCover: Cover;
}

/** The question is well formed, but no stored total answers it; the message says what can be asked. */
export class UnanswerableQuestionError extends Error {
  override readonly name = "UnanswerableQuestionError";
  readonly field: string;

  constructor(field: string, message: string) {
    super(message);
    this.field = field;
  }
}

/** Hours are read one by one, so a question by the hour (or by another zone's days) may span this many days. */
export const HOURLY_DAYS_MAX = 93;
export const DAYS_MAX = 400;

const cubeAggregations: readonly Aggregation[] = ["day", "service", "model", "operation"];
const seriesAggregations: readonly Aggregation[] = ["day", "hour"];

/** @throws UnanswerableQuestionError when no combination of stored totals answers */
export function planUsage(question: UsageQuestion): UsagePlan {
  const { firstDate, lastDate, timeZone } = question;
  const range = {
    start: startOfLocalDate(firstDate, timeZone),
    end: startOfLocalDate(plusDays(lastDate, 1), timeZone),
  };
  // Before the days are listed: there may be millions.
  if (plusDays(firstDate, DAYS_MAX - 1) < lastDate) {
    throw new UnanswerableQuestionError("start_date", `ask about at most ${DAYS_MAX} days at a time`);
  }
  const days = datesBetween(firstDate, lastDate);
  const sources = sourcesOf(question);
  const byHours = sources.series.some((one) => one === "hour" || timeZone !== "UTC");
  if (byHours && days.length > HOURLY_DAYS_MAX) {
    const cause = sources.series.includes("hour") ? "aggregation=hour" : `days in ${timeZone}`;
    throw new UnanswerableQuestionError(
      "start_date",
      `ask about at most ${HOURLY_DAYS_MAX} days with ${cause}`,
    );
  }
  const dimensionCover = coverOf(range);
  const readsCube = sources.cube.length > 0;
  const readsSeries = sources.series.length > 0 || !readsCube;
  return {
    range,
    cube: readsCube ? (days as UtcDate[]) : undefined,
    series: readsSeries
      ? { scope: sources.scope, cover: byHours ? hourCoverOf(range) : dimensionCover }
      : undefined,
    dimensions: sources.dimensions,
    dimensionCover,
  };
}

interface Sources {
  readonly cube: readonly Aggregation[];
  readonly series: readonly Aggregation[];
  readonly dimensions: readonly NamedDimension[];
  /** Whose series is read. */
  readonly scope: Scope;
}

function sourcesOf(question: UsageQuestion): Sources {
  const { service, model, operation, scope } = question.filter;
  const inUtc = question.timeZone === "UTC";
  if (scope !== undefined) {
    const other = (["service", "model", "operation"] as const).find((name) => question.filter[name]);
    refuse(other, other ?? "scope", `cannot be combined with ${scope}: ask about one at a time`);
    return { cube: [], series: only(seriesAggregations, question, `of ${scope}`), dimensions: [], scope };
  }
  if (service === undefined && model === undefined && operation === undefined) {
    return unfilteredSources(question, inUtc);
  }
  const named = [service, model, operation].filter((value) => value !== undefined).length;
  const single = named === 1 && operation === undefined;
  const ownScope = service === undefined ? scopeOf("model", model ?? "") : scopeOf("service", service);
  if (single && !inUtc) {
    const series = only(seriesAggregations, question, `of ${ownScope} in ${question.timeZone}`);
    return { cube: [], series, dimensions: [], scope: ownScope };
  }
  refuse(!inUtc, "tz", "this combination of filters is kept by UTC day only; ask with tz=UTC");
  const hours = question.aggregations.includes("hour");
  refuse(
    hours && !single,
    "aggregation",
    "hours are kept for one service or one model, not for combinations",
  );
  const answered = single ? [...cubeAggregations, "hour" as const] : cubeAggregations;
  only(answered, question, "under these filters");
  return {
    cube: cubeAggregations,
    series: hours ? ["hour"] : [],
    dimensions: [],
    scope: ownScope,
  };
}

function unfilteredSources(question: UsageQuestion, inUtc: boolean): Sources {
  const asked = question.aggregations;
  refuse(
    !inUtc && asked.includes("operation"),
    "aggregation",
    "operation is kept by UTC day only; ask for it with tz=UTC",
  );
  const fromCube = inUtc ? cubeAggregations : [];
  return {
    cube: asked.filter((one) => fromCube.includes(one)),
    series: asked.filter((one) => seriesAggregations.includes(one) && !fromCube.includes(one)),
    dimensions: namedDimensions.filter((one) => asked.includes(one) && !fromCube.includes(one)),
    scope: GLOBAL_SCOPE,
  };
}

function only(
  answered: readonly Aggregation[],
  question: UsageQuestion,
  what: string,
): readonly Aggregation[] {
  const other = question.aggregations.find((one) => !answered.includes(one));
  refuse(
    other,
    "aggregation",
    `${other} cannot be answered: totals ${what} are kept by ${answered.join(", ")}; ask for those, or without the filter`,
  );
  return question.aggregations;
}

function refuse(condition: unknown, field: string, message: string): void {
  if (condition) throw new UnanswerableQuestionError(field, message);
}
