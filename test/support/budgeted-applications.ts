import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { BudgetedRun } from "./budgeted-run.ts";
import { bundleApplication } from "./bundle-application.ts";

/** @returns the file to run */
export const bundleBudgetedApplication = (directory: string): Promise<string> =>
  bundleApplication(fileURLToPath(new URL("./budgeted-application.ts", import.meta.url)), directory);

/** A process of budgeted-application.ts. */
export class BudgetedApplication {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor(script: string, environment: Readonly<Record<string, string>>) {
    const { PATH } = process.env;
    this.#child = spawn(process.execPath, [script], {
      env: { ...(PATH !== undefined && { PATH }), ...environment },
      stdio: ["pipe", "pipe", "inherit"],
    });
    if (this.#child.stdout === null) throw new TypeError("its output is piped");
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  async ready(): Promise<void> {
    await this.#line();
  }

  /** @returns when all its calls are refused, and its metrics have arrived */
  async run(): Promise<BudgetedRun> {
    this.#child.stdin?.end("begin\n");
    return JSON.parse(await this.#line()) as BudgetedRun;
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }

  async #line(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`an application ended too early: ${await once(this.#child, "exit")}`);
    return value;
  }
}
