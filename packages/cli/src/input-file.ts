import { open } from "node:fs/promises";
import { resolve } from "node:path";
import type { Readable } from "node:stream";
import type { CommandContext } from "./context.ts";
import { UsageError } from "./failures.ts";

/**
 * What is in a file, named from where the command runs; `-` is standard input.
 * @throws UsageError when there is no such file or it cannot be read
 */
export async function openInput(
  file: string,
  { io, cwd }: Pick<CommandContext, "io" | "cwd">,
): Promise<Readable> {
  if (file === "-") return io.stdin;
  const path = resolve(cwd, file);
  // Opened before it is read: a reader of lines does not say when its stream breaks.
  const handle = await open(path).catch((error: unknown) => {
    throw new UsageError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  });
  if ((await handle.stat()).isDirectory()) {
    await handle.close();
    throw new UsageError(`${file} cannot be read: it is a directory`);
  }
  return handle.createReadStream({ encoding: "utf8" });
}
