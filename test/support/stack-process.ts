import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const REPOSITORY = fileURLToPath(new URL("../../", import.meta.url));
const READY_MS_MAX = 120_000;

/** What `npm start` writes to `<home>/local.json`. */
export interface LocalAddresses {
  readonly api_url: string;
  readonly inbox_url: string;
  readonly dynamodb_endpoint: string;
  readonly table_name: string;
  readonly tokens: { readonly admin: string; readonly ingest: string; readonly read: string };
}

/** The local stack as people run it: a process of its own, that can be killed. */
export class StackProcess {
  readonly addresses: LocalAddresses;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, addresses: LocalAddresses) {
    this.#child = child;
    this.addresses = addresses;
  }

  static async start(home: string, flags: readonly string[] = []): Promise<StackProcess> {
    const child = spawn(
      process.execPath,
      ["--import", "tsx", "packages/local/src/main.ts", "--port", "0", "--home", home, ...flags],
      { cwd: REPOSITORY, stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, NODE_NO_WARNINGS: "1" } },
    );
    await printed(child, /^ready/m);
    const addresses = JSON.parse(readFileSync(join(home, "local.json"), "utf8")) as LocalAddresses;
    return new StackProcess(child, addresses);
  }

  /** SIGKILL: nothing is closed, nothing written any more. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await once(this.#child, "exit");
  }

  /** SIGTERM, as a service manager would. @returns the exit code */
  async stop(): Promise<number | null> {
    const exit = once(this.#child, "exit");
    this.#child.kill("SIGTERM");
    const [code] = (await exit) as [number | null];
    return code;
  }
}

async function printed(child: ChildProcess, what: RegExp): Promise<void> {
  let output = "";
  await new Promise<void>((resolve, reject) => {
    const deadline = setTimeout(() => reject(new Error(`not ready in time:\n${output}`)), READY_MS_MAX);
    const read = (chunk: Buffer) => {
      output += chunk;
      if (!what.test(output)) return;
      clearTimeout(deadline);
      resolve();
    };
    child.stdout?.on("data", read);
    child.stderr?.on("data", read);
    child.once("exit", (code) => {
      clearTimeout(deadline);
      reject(new Error(`ended with ${code} before it was ready:\n${output}`));
    });
  });
}
