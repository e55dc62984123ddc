import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { type Command, Option } from "commander";
import type { CommandContext } from "./context.ts";
import { UsageError } from "./failures.ts";

/** Where a secret comes from. Never from an argument: those end in the history of the shell and in lists of processes. */
export interface SecretFlags {
  readonly secretStdin?: boolean;
  readonly secretEnv?: string;
}

export function addSecretOptions(command: Command): Command {
  return command
    .addOption(new Option("--secret-stdin", "read the secret from standard input").conflicts("secretEnv"))
    .option("--secret-env <name>", "take the secret from this environment variable");
}

/**
 * @param prompt what to ask for where no option says where it comes from and there is a terminal; nothing is asked without it
 * @returns nothing when no secret is given
 * @throws UsageError when it is not where it was said to be
 */
export async function readSecret(
  { secretStdin, secretEnv }: SecretFlags,
  context: Pick<CommandContext, "io" | "env">,
  prompt?: string,
): Promise<string | undefined> {
  const { io, env } = context;
  if (secretEnv !== undefined) {
    return given(env[secretEnv], `the environment variable ${secretEnv} is not set, or empty`);
  }
  if (secretStdin) return given(await text(io.stdin), "there is no secret on standard input");
  if (prompt === undefined) return undefined;
  if (io.stdin.isTTY !== true) {
    throw new UsageError("give the secret by --secret-stdin or --secret-env NAME");
  }
  return given(await askHidden(prompt, context), "no secret was given");
}

function given(secret: string | undefined, problem: string): string {
  const trimmed = secret?.trim();
  if (!trimmed) throw new UsageError(problem);
  return trimmed;
}

/** Nothing that is typed is shown. */
async function askHidden(prompt: string, { io }: Pick<CommandContext, "io">): Promise<string> {
  io.stderr.write(`${prompt} (not shown): `);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: io.stdin, output: silent, terminal: true });
  try {
    for await (const line of lines) return line;
    return "";
  } finally {
    lines.close();
    io.stderr.write("\n");
  }
}
