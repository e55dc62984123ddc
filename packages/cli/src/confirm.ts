import { createInterface } from "node:readline";
import type { CommandContext } from "./context.ts";
import { NotDoneError, UsageError } from "./failures.ts";

/**
 * Asks on the terminal; anything but yes is no.
 * @throws UsageError where nobody can answer
 */
export async function confirm(question: string, { io }: Pick<CommandContext, "io">): Promise<boolean> {
  if (io.stdin.isTTY !== true) {
    throw new UsageError(
      "this asks before it changes anything: add --yes where there is no terminal to ask on",
    );
  }
  io.stderr.write(`${question} [y/N] `);
  const lines = createInterface({ input: io.stdin });
  for await (const line of lines) {
    lines.close();
    return /^\s*y(es)?\s*$/i.test(line);
  }
  io.stderr.write("\n");
  return false;
}

/** @throws NotDoneError when the answer is no; UsageError where nobody can answer */
export async function askUnless(
  yes: boolean | undefined,
  question: string,
  context: Pick<CommandContext, "io">,
): Promise<void> {
  if (!yes && !(await confirm(question, context))) throw new NotDoneError("nothing was changed");
}
