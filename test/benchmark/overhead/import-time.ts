import { spawnSync } from "node:child_process";
import { pathToFileURL } from "node:url";
import { median } from "../statistics.ts";

/** Of a module that nothing was loaded of before, in a process of its own; the median of several. */
export async function importMilliseconds(file: string, rounds: number): Promise<number> {
  const script = `const at = performance.now(); await import(${JSON.stringify(pathToFileURL(file).href)}); console.log(performance.now() - at);`;
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const { stdout } = spawnSync(process.execPath, ["--input-type=module", "--eval", script], {
      encoding: "utf8",
    });
    times.push(Number(stdout));
  }
  return median(times);
}
