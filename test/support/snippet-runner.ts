import { spawn } from "node:child_process";
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Snippet } from "./doc-snippets.ts";

interface SnippetRunnerOptions {
  readonly repository: string;
  /** Where the blocks are written; TypeScript runs as a file of an application here that has ai-usage in a folder. */
  readonly directory: string;
}

interface SnippetRun {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const TIMEOUT_MS = 120_000;
const REDIRECTION = new URL("redirect-places.mjs", import.meta.url).href;

const runnable = ["sh", "ts", "python"];

export const isRunnable = ({ language, noRun }: Snippet): boolean =>
  runnable.includes(language) && noRun === undefined;

/** Runs the blocks of one page in their order, as a reader would in one terminal: what one exports the next one sees. */
export class SnippetRunner {
  readonly #options: SnippetRunnerOptions;

  constructor(options: SnippetRunnerOptions) {
    this.#options = options;
    const { directory, repository } = options;
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, "package.json"), '{"type": "module"}\n');
    symlinkSync(join(repository, "node_modules"), join(directory, "node_modules"));
    symlinkSync(repository, join(directory, "ai-usage"));
  }

  run({ language, text, line }: Snippet, env: NodeJS.ProcessEnv): Promise<SnippetRun> {
    const file = join(this.#options.directory, `line-${line}`);
    switch (language) {
      case "sh":
        writeFileSync(`${file}.sh`, this.#carryingOver(text));
        return this.#spawn(env, "sh", [`${file}.sh`]);
      case "ts":
        writeFileSync(`${file}.ts`, text);
        return this.#spawn(env, process.execPath, ["--import", "tsx", "--import", REDIRECTION, `${file}.ts`]);
      case "python":
        writeFileSync(`${file}.py`, text);
        return this.#spawn(env, "python3", [`${file}.py`]);
      default:
        throw new Error(`line ${line}: ${language} is not run`);
    }
  }

  #carryingOver(text: string): string {
    const state = join(this.#options.directory, "environment.sh");
    const before = existsSync(state) ? `. '${state}'\n` : "";
    return `set -eu\n${before}${text}export -p > '${state}'\n`;
  }

  async #spawn(env: NodeJS.ProcessEnv, command: string, parameters: readonly string[]): Promise<SnippetRun> {
    const { repository } = this.#options;
    const child = spawn(command, parameters, {
      cwd: repository,
      env,
      stdio: ["ignore", "pipe", "pipe"],
      timeout: TIMEOUT_MS,
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      stdout += chunk;
    });
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      stderr += chunk;
    });
    const exitCode = await new Promise<number | null>((done, fail) =>
      child.on("error", fail).on("close", done),
    );
    return { exitCode, stdout, stderr };
  }
}

/** What differs from run to run, or from day to day, made equal: times, durations, dates, ids, tokens, versions. */
const changing: readonly [RegExp, string][] = [
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, "<instant>"],
  [/\b\d{4}-\d\d-\d\d\b/g, "<date>"],
  [/"\d\d"(?=:\{)/g, '"<hour>"'],
  [/\b\d{4}-(W\d\d|Q\d|\d\d)\b/g, "<period>"],
  [/\baiu_[a-z0-9]+_[\w-]{43}/g, "<token>"],
  [/\bbud_[0-9a-f]{16}\b/g, "<budget>"],
  [/(?<="next_cursor":)"[\w-]+"/g, "null"],
  [/(?<="token_id":")[0-9a-f]{12}(?=")/g, "<id>"],
  [/(?<="version":")[\d.]+(?=")/g, "<version>"],
  // Those that providers give: short ones are a page's own, and stay.
  [/(?<="request_id":")[\w-]{20,}(?=")/g, "<id>"],
  [/(?<="(latency_ms|time_to_first_token_ms)":)\d+/g, "0"],
  [/(?<="hours_until_reset":)[\d.]+/g, "0"],
];

/** An answer as it can be compared with the one that a page shows. */
export function comparable(json: string): unknown {
  const text = JSON.stringify(JSON.parse(json));
  return JSON.parse(changing.reduce((sum, [pattern, name]) => sum.replace(pattern, name), text));
}
