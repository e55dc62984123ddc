/** What the application or its environment says about the tracker cannot be; the message names each thing, and no value. */
export class TrackerConfigurationError extends Error {
  override readonly name = "TrackerConfigurationError";
  /** One sentence for each. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[], options?: ErrorOptions) {
    super(problems.join("; "), options);
    this.problems = problems;
  }
}
