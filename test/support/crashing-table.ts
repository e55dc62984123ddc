import { openTable } from "@ai-usage/store";
import { engineConfig, type TestTable } from "./engine.ts";

export class CrashError extends Error {
  override readonly name = "CrashError";
}

/** A table whose user dies at one of its updates: every one after `updates` fails, the first perhaps with its work done. */
export function crashingTable(table: TestTable, updates: number, answerLost: boolean): TestTable {
  const crashing = openTable(table.name, engineConfig());
  let made = 0;
  crashing.client.middlewareStack.add(
    (next, context) => async (args) => {
      if (context.commandName !== "UpdateItemCommand" && context.commandName !== "UpdateCommand")
        return next(args);
      made += 1;
      if (made === updates + 1 && answerLost) await next(args);
      if (made > updates) throw new CrashError(`after ${updates} updates`);
      return next(args);
    },
    { step: "initialize", name: "crash" },
  );
  return { ...table, ...crashing };
}
