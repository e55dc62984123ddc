import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { EngineStartError, HomeInUseError } from "./errors.ts";

const READY_POLL_MS = 15;
const READY_TIMEOUT_MS = 15_000;
const STOP_TIMEOUT_MS = 1_500;
const STDERR_KEPT_CHARACTERS = 8_000;

/**
 * Runs the engine and watches standard input, whose end comes when the parent dies in whatever way, SIGKILL included;
 * then it ends the engine and removes a temporary home. $1 pid file, $2 parent, $3 directory to remove or "".
 */
const WATCHDOG = `
pid_file=$1 parent=$2 remove=$3
shift 3
echo "$$ $parent" > "$pid_file"
exec 3<&0
"$@" </dev/null 3<&- &
engine=$!
( while read -r line; do :; done; kill -KILL $engine; [ -z "$remove" ] || rm -rf "$remove" ) <&3 >/dev/null 2>&1 &
watchdog=$!
exec 3<&-
trap : TERM
while kill -0 $engine 2>/dev/null; do wait $engine; done
kill -KILL $watchdog 2>/dev/null
`;

export interface EngineProcess {
  readonly endpoint: string;
  stop(): Promise<void>;
}

export interface EngineProcessOptions {
  binary: string;
  databaseFile: string;
  pidFile: string;
  port: number | undefined;
  /** Removed when the parent dies without having stopped the engine. */
  removeOnDeath: string | undefined;
}

export async function spawnEngine(options: EngineProcessOptions): Promise<EngineProcess> {
  const port = options.port ?? (await freePort());
  const command = [
    options.binary,
    "--db-path",
    options.databaseFile,
    "--host",
    "127.0.0.1",
    "--port",
    `${port}`,
  ];
  const watchdogArguments = [options.pidFile, `${process.pid}`, options.removeOnDeath ?? ""];
  // A group of its own: Ctrl-C in the terminal must reach the runner only, which then stops the parts in order.
  const child = spawn("/bin/sh", ["-c", WATCHDOG, "sh", ...watchdogArguments, ...command], {
    detached: true,
    stdio: ["pipe", "ignore", "pipe"],
  });
  const stderr = keepTail(child);
  const endpoint = `http://127.0.0.1:${port}`;
  try {
    await waitUntilReady(child, endpoint, stderr);
  } catch (error) {
    await endProcess(child);
    throw error;
  }
  child.unref();
  return { endpoint, stop: () => endProcess(child) };
}

/** Ends an engine left over from a runner that was killed. Throws HomeInUseError when that runner still lives. */
export async function endStaleEngine(pidFile: string, home: string): Promise<void> {
  const [group, owner] = readPids(pidFile);
  if (group === undefined || owner === undefined || !commandOf(group).includes(pidFile)) return;
  for (let waitedMs = 0; isGroupAlive(group); waitedMs += 20) {
    if (!isAlive(owner) || owner === process.pid) signalGroup(group, "SIGKILL");
    // A killed owner may linger as a zombie for a moment; its watchdog ends the engine meanwhile.
    else if (waitedMs >= 1_000) throw new HomeInUseError(home, owner);
    if (waitedMs >= 5_000)
      throw new EngineStartError(`The old engine, process group ${group}, does not end`, "");
    await sleep(20);
  }
  rmSync(pidFile, { force: true });
}

/** After a reboot the numbers may belong to somebody else's processes. */
function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return spawnSync("ps", ["-o", "args=", "-p", `${pid}`], { encoding: "utf8" }).stdout ?? "";
  }
}

function readPids(pidFile: string): number[] {
  try {
    const pids = readFileSync(pidFile, "utf8").trim().split(" ").map(Number);
    return pids.every((pid) => Number.isInteger(pid) && pid > 1) ? pids : [];
  } catch {
    return [];
  }
}

async function waitUntilReady(child: ChildProcess, endpoint: string, stderr: () => string): Promise<void> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  for (;;) {
    if (hasEnded(child)) throw new EngineStartError("The DynamoDB engine ended at start", stderr());
    if (await answers(endpoint)) {
      if (!hasEnded(child)) return;
    } else if (Date.now() > deadline) {
      throw new EngineStartError(
        `The DynamoDB engine did not answer within ${READY_TIMEOUT_MS} ms`,
        stderr(),
      );
    } else {
      await sleep(READY_POLL_MS);
    }
  }
}

async function answers(endpoint: string): Promise<boolean> {
  try {
    const response = await fetch(endpoint, { signal: AbortSignal.timeout(1_000) });
    await response.arrayBuffer();
    return true;
  } catch {
    return false;
  }
}

async function endProcess(child: ChildProcess): Promise<void> {
  const group = child.pid;
  if (group !== undefined && !hasEnded(child)) {
    const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    child.ref();
    signalGroup(group, "SIGTERM");
    const forced = setTimeout(() => signalGroup(group, "SIGKILL"), STOP_TIMEOUT_MS);
    await ended;
    clearTimeout(forced);
  }
  child.stdin?.destroy();
  child.stderr?.destroy();
}

function keepTail(child: ChildProcess): () => string {
  let tail = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    tail = (tail + text).slice(-STDERR_KEPT_CHARACTERS);
  });
  return () => tail.trim();
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => {
        if (address === null || typeof address === "string") reject(new Error("no port"));
        else resolve(address.port);
      });
    });
  });
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

const isAlive = (pid: number) => sendSignal(pid, 0);
const isGroupAlive = (group: number) => sendSignal(-group, 0);
const signalGroup = (group: number, signal: NodeJS.Signals) => sendSignal(-group, signal);

function sendSignal(target: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(target, signal);
  } catch {
    return false;
  }
}
