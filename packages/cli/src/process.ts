import { randomUUID } from "node:crypto";
import { instantFromEpochMs } from "@ai-usage/client";
import { run } from "./main.ts";

// A reader that has seen enough (`ai-usage events … | head`) closes the pipe: the end, not an error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
});

process.exitCode = await run(process.argv.slice(2), {
  io: process,
  env: process.env,
  cwd: process.cwd(),
  clock: () => instantFromEpochMs(Date.now()),
  randomId: randomUUID,
});
