import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type FaultPlan, parseFaults } from "./engine/index.ts";
import { PRIVATE_MODE, writeJson } from "./home/files.ts";
import { enterHome, type Home } from "./home/home.ts";
import { type RunningStack, runStack } from "./run-stack.ts";
import { loadAssembly } from "./template/assembly.ts";
import { Stack } from "./template/stack.ts";
import { synthesize } from "./template/synthesize.ts";
import { openTokens, type Tokens } from "./tokens.ts";

export interface LocalStackOptions {
  /**
   * Where state is kept and `local.json` is written.
   * @default a temporary directory when ephemeral, else AI_USAGE_HOME or .ai-usage
   */
  readonly home?: string;
  /** Port of the HTTP API. @default 0, any that is free */
  readonly port?: number;
  /** Keeps nothing: state is in a temporary directory that goes with the stack. @default false */
  readonly ephemeral?: boolean;
  /** How the stream misbehaves, as `--faults` says it. @default it does not */
  readonly faults?: Partial<FaultPlan>;
  /** Repeats the same faults. @default 1 */
  readonly seed?: number;
  /** Settings of the app, laid over those of `cdk.json`. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Told what is being started, line by line. */
  readonly log?: (line: string) => void;
}

export interface LocalStack {
  readonly apiUrl: string;
  readonly inboxUrl: string;
  readonly dynamodbEndpoint: string;
  readonly lambdaEndpoint: string;
  readonly tableName: string;
  readonly ingestFunctionName: string;
  readonly tokens: Tokens;
  readonly home: string;
  /** Holds `inbox/`, `queues/` and `logs/`. */
  readonly state: string;
  /** Waits until every change has been counted, every alert delivered. */
  drained(): Promise<void>;
  stop(): Promise<void>;
}

const REPOSITORY = fileURLToPath(new URL("../../../", import.meta.url));

/** A name that no mail is ever delivered to (RFC 2606). */
const LOCAL_EMAIL = { from: "ai-usage@local.example", recipients: ["you@local.example"] };

/**
 * Runs the whole app on this machine, as its template says.
 * @throws HomeInUseError · EngineNotFoundError · UnsupportedTemplateError, and Error with the app's output when it cannot be synthesized
 */
export async function startLocalStack(options: LocalStackOptions = {}): Promise<LocalStack> {
  const home = enterHome({ directory: options.home, ephemeral: options.ephemeral ?? false });
  try {
    return await start(home, options);
  } catch (error) {
    home.leave();
    throw error;
  }
}

async function start(home: Home, options: LocalStackOptions): Promise<LocalStack> {
  const { log = () => {}, port = 0, seed } = options;
  const faults = options.faults === undefined ? undefined : parseFaults(options.faults);
  const directory = await synthesize({
    repository: REPOSITORY,
    directory: join(REPOSITORY, "node_modules", ".cache", "ai-usage", "cdk.out"),
    settings: {
      email: LOCAL_EMAIL,
      stage: "local",
      deletionProtection: false,
      removalPolicy: "destroy",
      ...options.settings,
    },
    onSynthesis: () => log("synthesizing the app"),
  });
  const stack = new Stack(await loadAssembly(directory));
  log(`starting ${stack.name}`);
  const running = await runStack({
    stack,
    state: home.state,
    ephemeral: options.ephemeral,
    port,
    faults,
    seed,
  });
  const stop = async () => {
    await running.stop();
    home.leave();
  };
  try {
    const local = await describe(home, stack, running);
    await writeJson(home.localFile, toLocalFile(local), PRIVATE_MODE);
    return { ...local, drained: running.drained, stop };
  } catch (error) {
    await running.stop();
    throw error;
  }
}

async function describe(home: Home, stack: Stack, running: RunningStack) {
  const tokens = await openTokens({
    adminSecret: running.secrets.value(stack.output("AdminTokenSecretArn")),
    apiUrl: running.apiUrl,
    file: join(home.state, "tokens.json"),
  });
  return {
    apiUrl: running.apiUrl,
    inboxUrl: running.inboxUrl,
    dynamodbEndpoint: running.dynamodbEndpoint,
    lambdaEndpoint: running.lambdaEndpoint,
    tableName: stack.output("TableName"),
    ingestFunctionName: stack.output("IngestFunctionName"),
    tokens,
    home: home.directory,
    state: home.state,
  };
}

function toLocalFile(stack: Omit<LocalStack, "drained" | "stop">) {
  return {
    api_url: stack.apiUrl,
    inbox_url: stack.inboxUrl,
    dynamodb_endpoint: stack.dynamodbEndpoint,
    table_name: stack.tableName,
    lambda_endpoint: stack.lambdaEndpoint,
    ingest_function_name: stack.ingestFunctionName,
    tokens: stack.tokens,
    pid: process.pid,
  };
}
