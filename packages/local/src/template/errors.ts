/** The template asks for something that this runtime does not imitate: better a refusal than a silent difference. */
export class UnsupportedTemplateError extends Error {
  override readonly name = "UnsupportedTemplateError";
  readonly logicalId: string;
  readonly path: string;
  readonly reason: string;

  constructor(logicalId: string, path: string, reason: string) {
    super(`${logicalId}${path === "" ? "" : `, property ${path}`}: ${reason}`);
    this.logicalId = logicalId;
    this.path = path;
    this.reason = reason;
  }
}
