export type Members = Readonly<Record<string, unknown>>;

/** A name that needs no closer look: most ids and models are such. */
const USUAL_NAME = /^[!"$-~]{1,128}$/;
/** Far above what one answer can hold. */
export const COUNT_MAX = 1_000_000_000;

export const isMembers = (value: unknown): value is Members =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const isUsualName = (value: unknown): value is string =>
  typeof value === "string" && USUAL_NAME.test(value);

export const isCount = (value: unknown): value is number =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= COUNT_MAX;
