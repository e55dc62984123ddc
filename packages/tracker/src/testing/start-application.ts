import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const SCRIPT = fileURLToPath(new URL("./application.ts", import.meta.url));
const TSX = import.meta.resolve("tsx");

/** A process that meters what it is told to. */
export interface Application {
  /** @returns when a call of each of the models is metered */
  meter(...models: readonly string[]): Promise<void>;
  kill(): Promise<void>;
}

export function startApplication({
  spoolDirectory,
  cwd,
  env = {},
}: {
  readonly spoolDirectory: string;
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}): Application {
  const application = spawn(process.execPath, ["--import", TSX, SCRIPT, spoolDirectory], {
    cwd,
    env: { PATH: process.env.PATH, ...env },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const said = createInterface({ input: application.stdout })[Symbol.asyncIterator]();
  return {
    meter: async (...models) => {
      for (const model of models) {
        application.stdin.write(`${model}\n`);
        await said.next();
      }
    },
    kill: async () => {
      application.kill("SIGKILL");
      await once(application, "exit");
    },
  };
}
