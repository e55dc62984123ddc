export interface FallbackOptions {
  /** Which errors, besides refusals by a budget, the next one is tried after. @default none */
  readonly on?: (error: unknown) => boolean;
}

/**
 * Makes a call in one of several ways: in the first; and where a budget refuses that, in the next.
 *
 *     await withFallback([() => askOpenAI(question), () => askAnthropic(question)])
 *
 * @returns what the first of them that is not refused returns
 * @throws what the last one that was tried throws
 * @throws TypeError when there is none to try
 */
export async function withFallback<Ways extends readonly (() => unknown)[]>(
  ways: Ways,
  { on }: FallbackOptions = {},
): Promise<Awaited<ReturnType<Ways[number]>>> {
  for (const [index, way] of ways.entries()) {
    try {
      return (await way()) as Awaited<ReturnType<Ways[number]>>;
    } catch (error) {
      const mayGoOn = isRefusal(error) || on?.(error) === true;
      if (!mayGoOn || index === ways.length - 1) throw error;
    }
  }
  throw new TypeError("withFallback needs at least one function to try");
}

/** By its name: applications may have loaded the package twice, as a module and by `require`. */
const isRefusal = (error: unknown): boolean =>
  error instanceof Error && error.name === "BudgetExhaustedError";
