import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(
  new URL("../../packages/tracker/src/testing/provider-server/main.ts", import.meta.url),
);

/** A provider that answers chat completions at once, in a process of its own. */
export class LoadTargetProcess {
  readonly url: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.url = url;
  }

  static async start(): Promise<LoadTargetProcess> {
    const child = spawn(process.execPath, ["--disable-warning=Warning", "--import", "tsx", MAIN], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [line] = await once(createInterface({ input: child.stdout }), "line");
    const { url } = JSON.parse(line) as { url: string };
    return new LoadTargetProcess(child, url);
  }

  async stop(): Promise<void> {
    const exit = once(this.#child, "exit");
    this.#child.kill();
    await exit;
  }
}
