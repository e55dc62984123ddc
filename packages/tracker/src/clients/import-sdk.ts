/** A provider's SDK is asked for, and not installed. */
export class MissingSdkError extends Error {
  override readonly name = "MissingSdkError";
  /** Name of the package. */
  readonly sdk: string;

  constructor(sdk: string, options?: ErrorOptions) {
    super(`${sdk} is not installed: npm install ${sdk}`, options);
    this.sdk = sdk;
  }
}

/** @throws MissingSdkError when there is no such package; what it throws itself while it loads is passed on */
export async function importSdk<Sdk>(name: string, load: () => Promise<Sdk>): Promise<Sdk> {
  try {
    return await load();
  } catch (error) {
    throw isMissing(error, name) ? new MissingSdkError(name, { cause: error }) : error;
  }
}

/** It may also be something that the SDK needs, of which the SDK's own error tells more. */
function isMissing(error: unknown, name: string): boolean {
  if (!(error instanceof Error) || !("code" in error)) return false;
  const { code, message } = error;
  return (code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND") && message.includes(`'${name}'`);
}
