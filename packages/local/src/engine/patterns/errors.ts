/** A pattern that EventBridge would refuse; `path` names the place inside it. */
export class InvalidEventPatternError extends Error {
  override name = "InvalidEventPatternError";
  readonly path: string;

  constructor(path: string, reason: string) {
    super(`event pattern${path === "" ? "" : ` at ${path}`}: ${reason}`);
    this.path = path;
  }
}
