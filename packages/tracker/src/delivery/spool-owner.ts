import { hostname } from "node:os";

/**
 * Each process, thread or version of the library that writes into a spool has a directory of its own there, whose name says
 * who that is: `host.pid.start.random`.
 */
interface Owner {
  readonly host: string;
  readonly pid: number;
}

/** An owner touches its directory this often. */
export const HEARTBEAT_MS = 20_000;
/** Longer than that without a touch, and it is taken for ended, whatever has its pid. */
const SILENT_MS_MAX = 3 * 60_000;

const hostPart = (): string =>
  hostname()
    .replaceAll(/[^A-Za-z0-9_-]/g, "_")
    .slice(0, 64) || "host";

export function newOwnerName(): string {
  const start = Math.round(performance.timeOrigin);
  return [hostPart(), process.pid, start, crypto.randomUUID().slice(-12)].join(".");
}

function ownerOf(name: string): Owner | undefined {
  const [, host, pid] = /^([\w-]+)\.(\d+)\.\d+\.[0-9a-f]+$/.exec(name) ?? [];
  return host !== undefined && pid !== undefined ? { host, pid: Number(pid) } : undefined;
}

/** `live`: it sends what is its own · `ended`: somebody has to · `other`: no owner's directory. */
export function stateOfOwner(name: string, silentMs: number): "live" | "ended" | "other" {
  const owner = ownerOf(name);
  if (owner === undefined) return "other";
  if (silentMs > SILENT_MS_MAX) return "ended";
  // Of another host's processes all that can be known is when they were last heard of.
  return owner.host === hostPart() && !isRunning(owner.pid) ? "ended" : "live";
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
