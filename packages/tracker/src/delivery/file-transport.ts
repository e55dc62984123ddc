import fs from "node:fs";
import { dirname, resolve } from "node:path";
import { STORED, type Transport, TransportError } from "./transport.ts";

/** Adds metrics to a file, one a line, as `ai-usage sync --file` and `ai-usage record -` read them. */
export function fileTransport({ path }: { path: string }): Transport {
  const file = resolve(path);
  let isTorn = false;
  return {
    name: "file",
    destination: file,
    send: async (lines) => {
      try {
        // What a full disk has left of an earlier batch gets a line of its own.
        await fs.promises.appendFile(file, `${isTorn ? "\n" : ""}${lines.join("\n")}\n`, { mode: 0o600 });
        isTorn = false;
        return { outcomes: lines.map(() => STORED) };
      } catch (error) {
        isTorn ||= !(error instanceof Error && "code" in error && error.code === "ENOENT");
        await fs.promises.mkdir(dirname(file), { recursive: true }).catch(() => undefined);
        throw new TransportError(`${file} cannot be written: ${reasonOf(error)}`, {
          reason: "unavailable",
          cause: error,
        });
      }
    },
  };
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
