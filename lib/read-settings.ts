import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Node } from "constructs";
import { parseSettings, type Settings, SettingsError } from "./settings.ts";
import { type AppEnvironment, withEnvironment } from "./settings-environment.ts";

/**
 * The deployment's settings: the context key `settings`, an object in cdk.json or `-c settings=FILE.json`. What they leave
 * open is taken from the environment.
 *
 * @throws SettingsError naming each field or variable that is wrong and what it may be
 */
export function readSettings(node: Node, environment: AppEnvironment): Settings {
  const value: unknown = node.tryGetContext("settings") ?? {};
  if (typeof value !== "string") {
    return withEnvironment(parseSettings(value, { source: "settings in the context" }), environment);
  }
  const file = resolve(value);
  return withEnvironment(parseSettings(readJson(file), { source: `settings file ${file}` }), environment);
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SettingsError(file, [`must be a readable JSON file: ${reason}`]);
  }
}
