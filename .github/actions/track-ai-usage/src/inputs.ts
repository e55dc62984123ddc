import { type FixedPoint, parseFixedPoint } from "../../../../packages/core/src/fixed-point.ts";
import {
  isUsageFormat,
  type UsageFormatName,
  usageFormatNames,
} from "../../../../packages/core/src/normalize/normalize-usage.ts";
import { nameProblem } from "../../../../packages/core/src/scope.ts";
import type { Environment } from "./runner.ts";

/** An input is not what it must be; the message names it, and shows no value. */
export class InputError extends Error {
  override readonly name = "InputError";
}

export const inputNames = [
  "api-url",
  "token",
  "usage-file",
  "format",
  "service",
  "model",
  "operation",
  "input-tokens",
  "output-tokens",
  "team",
  "feature",
  "environment",
  "user-id",
  "pr-number",
  "calls-of",
  "max-cost-usd",
  "fail-on-error",
] as const;

type InputName = (typeof inputNames)[number];

const callsOf = ["this-job", "this-run", "triggering-run"] as const;

export type Inputs = ReturnType<typeof readInputs>;

/** @throws InputError */
export function readInputs(env: Environment) {
  const { text, name, count } = readersOf(env);
  const inputs = {
    apiUrl: addressIn(text("api-url")),
    /** Undefined where there is no secret, as in the workflows of forks. */
    token: tokenIn(text("token")),
    usageFile: text("usage-file"),
    format: formatIn(text("format")),
    service: name("service"),
    model: name("model"),
    operation: name("operation"),
    inputTokens: count("input-tokens", 0),
    outputTokens: count("output-tokens", 0),
    team: name("team"),
    feature: name("feature"),
    environment: name("environment"),
    userId: name("user-id"),
    prNumber: count("pr-number", 1),
    callsOf: wordIn("calls-of", text("calls-of") ?? "this-job", callsOf),
    maxCost: amountIn(text("max-cost-usd")),
    failOnError: wordIn("fail-on-error", text("fail-on-error") ?? "false", ["true", "false"]) === "true",
  };
  const { usageFile, service, operation } = inputs;
  if (usageFile !== undefined) return inputs;
  if (service !== undefined && operation === undefined)
    throw new InputError("operation is required with service: what was asked for, such as chat");
  for (const one of ["format", "model", "operation", "input-tokens", "output-tokens"] as const) {
    if (service === undefined && text(one) !== undefined)
      throw new InputError(`${one} is given without service or usage-file, which say what to record`);
  }
  return inputs;
}

function readersOf(env: Environment) {
  // As the runner names them: only spaces are replaced.
  const text = (input: InputName) => env[`INPUT_${input.toUpperCase()}`]?.trim() || undefined;
  const name = (input: InputName) => {
    const value = text(input);
    const problem = value === undefined ? undefined : nameProblem(value);
    if (problem !== undefined) throw new InputError(`${input} ${problem}`);
    return value;
  };
  const count = (input: InputName, min: number) => {
    const value = text(input);
    if (value === undefined) return undefined;
    if (/^\d{1,10}$/.test(value) && Number(value) >= min && Number(value) <= 1e9) return Number(value);
    throw new InputError(`${input} must be a whole number from ${min} to 1000000000`);
  };
  return { text, name, count };
}

function addressIn(text: string | undefined): string {
  if (text === undefined) throw new InputError("api-url is required: the address of the API");
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === "https:" || url?.protocol === "http:") return text.replace(/\/+$/, "");
  throw new InputError("api-url must be a URL with https or http");
}

function tokenIn(text: string | undefined): string | undefined {
  if (text === undefined || /^[\x21-\x7e]+$/.test(text)) return text;
  throw new InputError("token must be one word of ASCII characters: copy it into the secret again");
}

function formatIn(text: string | undefined): UsageFormatName | undefined {
  if (text === undefined || isUsageFormat(text)) return text;
  throw new InputError(`format must be one of ${usageFormatNames.join(", ")}`);
}

function amountIn(text: string | undefined): FixedPoint | undefined {
  if (text === undefined) return undefined;
  const amount = parseFixedPoint(text);
  if (amount !== undefined && amount >= 0n && text.length <= 32) return amount;
  throw new InputError("max-cost-usd must be an amount in US dollars, such as 2.50");
}

function wordIn<Word extends string>(input: InputName, text: string, words: readonly Word[]): Word {
  const word = words.find((one) => one === text);
  if (word === undefined) throw new InputError(`${input} must be one of ${words.join(", ")}`);
  return word;
}
