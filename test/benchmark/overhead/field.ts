import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { buildTracker } from "../../../scripts/build-tracker.mjs";
import { Child } from "./child.ts";
import { installRivals } from "./rivals.ts";

/**
 * `bare`: nothing, whose difference to itself shows how sure the figures are. `bare-asking`: what a stream costs when its usage
 * is asked for, which is what telling it takes, whoever asks.
 */
const wrapperNames = ["bare", "bare-asking", "ai-usage", "langfuse", "openllmetry", "openinference"] as const;
export type WrapperName = (typeof wrapperNames)[number];

export interface Sent {
  readonly bytes: number;
  readonly records: number;
  readonly last: readonly unknown[];
  readonly raw: string;
}

export interface Worker {
  readonly name: WrapperName;
  readonly process: Child<{ readonly setupMs: number }>;
  readonly sink: Child<{ readonly url: string }>;
}

/** Everything that takes part, each in a process of its own. */
export interface Field {
  readonly workers: readonly Worker[];
  /** What applications install. */
  readonly ours: string;
  close(): Promise<void>;
}

export async function openField(log: (line: string) => void): Promise<Field> {
  const folder = mkdtempSync(join(tmpdir(), "ai-usage-overhead-"));
  const rivals = installRivals(log);
  const ours = join(folder, "tracker");
  await buildTracker(ours);
  const provider = await startProvider();
  const workers: Worker[] = [];
  for (const name of wrapperNames) {
    const sink = await Child.start<{ url: string }>(new URL("./sink.mjs", import.meta.url));
    const parameters = { wrapper: name, provider: provider.url, sink: sink.ready.url, rivals, ours };
    const spool = join(folder, "spool");
    const child = await Child.start<{ setupMs: number }>(new URL("./worker.mjs", import.meta.url), [
      JSON.stringify({ ...parameters, spool }),
    ]);
    workers.push({ name, process: child, sink });
  }
  return {
    workers,
    ours,
    async close() {
      await Promise.all(workers.flatMap((one) => [one.process.stop(), one.sink.stop()]));
      provider.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function startProvider() {
  const main = fileURLToPath(
    new URL("../../../packages/tracker/src/testing/provider-server/main.ts", import.meta.url),
  );
  const child = spawn(process.execPath, ["--disable-warning=Warning", "--import", "tsx", main], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await once(createInterface({ input: child.stdout }), "line");
  const { url } = JSON.parse(line) as { url: string };
  return { url, stop: () => child.kill() };
}
