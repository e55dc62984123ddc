/** No DynamoDB engine can be started on this machine and none was named. */
export class EngineNotFoundError extends Error {
  override name = "EngineNotFoundError";

  constructor(platform: string) {
    super(
      [
        `No DynamoDB engine found for ${platform}. Do one of these:`,
        "  - on Linux x64: run `npm ci` again without --omit=optional (it brings @dynoxide/linux-x64)",
        "  - elsewhere: install a `dynoxide` command and have it on PATH (`npm install -g dynoxide`, or Homebrew)",
        "  - start any DynamoDB engine (AWS's DynamoDB Local, say) and set DYNAMODB_ENDPOINT=http://127.0.0.1:<port>",
      ].join("\n"),
    );
  }
}

/** The engine's process ended, or did not answer in time; `output` is what it said on stderr. */
export class EngineStartError extends Error {
  override name = "EngineStartError";
  readonly output: string;

  constructor(reason: string, output: string) {
    super(output === "" ? reason : `${reason}\n${output}`);
    this.output = output;
  }
}

/** Another living process keeps its data in this directory: two engines on one file would corrupt it. */
export class HomeInUseError extends Error {
  override name = "HomeInUseError";
  readonly ownerPid: number;

  constructor(home: string, ownerPid: number) {
    super(`${home} is in use by process ${ownerPid}. Stop it, or choose another directory.`);
    this.ownerPid = ownerPid;
  }
}
