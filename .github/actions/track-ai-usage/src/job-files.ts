import { randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import type { Environment } from "./runner.ts";

/** A folder that lasts as long as the job does: the runner empties it before and after. */
function folderOf({ RUNNER_TEMP: temporary }: Environment): string {
  if (!temporary) throw new Error("RUNNER_TEMP is not set: this is not a job of GitHub Actions");
  const folder = join(temporary, "ai-usage");
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Where the tracker, and whoever else, leaves the job's calls. */
export const callsFileOf = (env: Environment): string => join(folderOf(env), "calls.jsonl");

/** Where the tracker keeps what is not in that file yet. What a job before this one left on the machine is none of this one's. */
export const spoolOf = (env: Environment): string => join(folderOf(env), "spool");

/** What tells this job of this attempt, and of this part of a matrix, from all others. */
export interface JobInstance {
  readonly id: string;
  /** When the action first ran in it, ISO 8601. */
  readonly startedAt: string;
}

/** The same for every step of a job: what is recorded twice in it has one id and one time. */
export function jobInstance(env: Environment): JobInstance {
  const file = join(folderOf(env), "job.json");
  try {
    writeFileSync(file, JSON.stringify({ id: randomUUID(), startedAt: new Date().toISOString() }), {
      flag: "wx",
    });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
  return JSON.parse(readFileSync(file, "utf8")) as JobInstance;
}

/** A file as it is called on whichever machine the job runs. */
export function fileName(path: string, env: Environment): string {
  const roots = [env.RUNNER_TEMP, env.GITHUB_WORKSPACE].filter((root) => root !== undefined && root !== "");
  const names = roots.map((root) => relative(root ?? "", path));
  return names.find((name) => !name.startsWith("..")) ?? path;
}

export const pathIn = ({ GITHUB_WORKSPACE }: Environment, file: string): string =>
  resolve(GITHUB_WORKSPACE || ".", file);
