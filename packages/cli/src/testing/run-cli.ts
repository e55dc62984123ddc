import { Readable } from "node:stream";
import type { Instant } from "@ai-usage/client";
import type { MemoryApi } from "@ai-usage/client/testing";
import type { Output } from "../context.ts";
import { run } from "../main.ts";

export const NOW = "2026-11-22T12:00:00.000Z" as Instant;

export interface CliRun {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliSetting {
  readonly stdin?: string | readonly string[];
  readonly terminal?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** @default the global one */
  readonly fetch?: typeof fetch;
}

/** Runs the command line in this process against `api`, and collects what it writes. */
export async function runCli(api: MemoryApi, args: string, setting: CliSetting = {}): Promise<CliRun> {
  const { stdin = "", terminal = false, env = {}, cwd = "/", fetch } = setting;
  const stdout = captured(terminal);
  const stderr = captured(terminal);
  let ids = 0;
  const exitCode = await run(argumentsOf(args), {
    io: {
      stdin: Object.assign(Readable.from(typeof stdin === "string" ? [stdin] : stdin), { isTTY: terminal }),
      stdout,
      stderr,
    },
    env: { AI_USAGE_API_URL: api.url, AI_USAGE_TOKEN: api.token, ...env },
    cwd,
    ...(fetch && { fetch }),
    clock: () => NOW,
    randomId: () => `id-${++ids}`,
    retryDelayMs: 1,
    pollDelayMs: 1,
  });
  return { exitCode, stdout: stdout.text(), stderr: stderr.text() };
}

/** Words between spaces, with '…' around those that hold some. */
function argumentsOf(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");
}

function captured(isTTY: boolean): Output & { text(): string } {
  const chunks: string[] = [];
  return { isTTY, columns: 80, write: (text) => chunks.push(text), text: () => chunks.join("") };
}
