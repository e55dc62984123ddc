import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { temporaryDirectory } from "../testing/fixture-assembly.ts";
import { lockHome } from "./lock.ts";

const home = temporaryDirectory();
const file = join(home.path, "lock");
afterAll(() => home.remove());

describe("home lock", () => {
  it("lets one in at a time", () => {
    const lock = lockHome(home.path);
    expect(() => lockHome(home.path)).toThrow(`${home.path} is in use by process ${process.pid}`);
    lock.release();
    lockHome(home.path).release();
    expect(existsSync(file)).toBe(false);
  });

  it("is taken over from a process that is gone", async () => {
    const gone = spawn(process.execPath, ["--eval", ""]);
    await once(gone, "exit");
    writeFileSync(file, `${gone.pid} 1\n`);
    lockHome(home.path).release();
  });

  it.runIf(process.platform === "linux")(
    "is taken over when its process id has come to another process",
    () => {
      const lock = lockHome(home.path);
      const [pid, started] = readFileSync(file, "utf8").trim().split(" ");
      writeFileSync(file, `${pid} ${Number(started) - 1}\n`);
      lockHome(home.path).release();
      lock.release();
    },
  );
});
