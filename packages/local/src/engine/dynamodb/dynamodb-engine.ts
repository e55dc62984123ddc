import { mkdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { findEngineBinary } from "./engine-binary.ts";
import { type EngineProcess, endStaleEngine, spawnEngine } from "./engine-process.ts";
import { EngineNotFoundError } from "./errors.ts";
import { ensureStreamIndex } from "./stream-index.ts";
import { makeTemporaryDirectory } from "./temporary-directory.ts";

export interface EngineOptions {
  /** Where the data is kept; undefined = in a temporary directory that goes with the engine. */
  home: string | undefined;
  /** @default any free port */
  port?: number;
  /** @default process.env */
  env?: NodeJS.ProcessEnv;
}

export interface Engine {
  readonly endpoint: string;
  /** An external engine, named by DYNAMODB_ENDPOINT, is left running. */
  stop(): Promise<void>;
}

/**
 * Starts a DynamoDB engine, or takes the one that DYNAMODB_ENDPOINT names.
 * @throws EngineNotFoundError with what to do · EngineStartError with the engine's output · HomeInUseError
 */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const env = options.env ?? process.env;
  const external = env.DYNAMODB_ENDPOINT;
  if (external) return { endpoint: external, stop: async () => {} };

  const binary = findEngineBinary(env.PATH);
  if (binary === undefined) throw new EngineNotFoundError(`${process.platform}-${process.arch}`);

  const ephemeral = options.home === undefined;
  const home =
    options.home !== undefined ? resolve(options.home) : makeTemporaryDirectory("ai-usage-engine-");
  mkdirSync(home, { recursive: true });
  const start = (port: number | undefined) =>
    spawnEngine({
      binary,
      databaseFile: join(home, "dynamodb.sqlite"),
      pidFile: join(home, "engine.pid"),
      port,
      removeOnDeath: ephemeral ? home : undefined,
    });
  const remove = () => {
    if (ephemeral) rmSync(home, { recursive: true, force: true });
    else rmSync(join(home, "engine.pid"), { force: true });
  };
  try {
    const engine = await startWithIndex(home, start, options.port);
    return { endpoint: engine.endpoint, stop: () => engine.stop().finally(remove) };
  } catch (error) {
    if (ephemeral) remove();
    throw error;
  }
}

async function startWithIndex(
  home: string,
  start: (port: number | undefined) => Promise<EngineProcess>,
  port: number | undefined,
): Promise<EngineProcess> {
  await endStaleEngine(join(home, "engine.pid"), home);
  if (!ensureStreamIndex(join(home, "dynamodb.sqlite"))) {
    const first = await start(undefined);
    await first.stop();
    ensureStreamIndex(join(home, "dynamodb.sqlite"));
  }
  return start(port);
}
