import type { Table } from "@ai-usage/store";
import type { ConsumedCapacity } from "@aws-sdk/client-dynamodb";

/** What the engine says the calls of a stretch consumed. */
export interface Consumed {
  readonly readUnits: number;
  readonly writeUnits: number;
  /** Write units by where they went: `table`, `GSI1`, … */
  readonly writes: Readonly<Record<string, number>>;
  readonly calls: Readonly<Record<string, number>>;
}

export interface MeteredTable extends Table {
  /** What was consumed since the last call. */
  take(): Consumed;
}

const WRITES = new Set(["BatchWriteItemCommand", "UpdateItemCommand", "PutItemCommand"]);

/**
 * Has every call of the table's client say what it consumed, and adds that up. The code that is measured does not
 * know: the parameter is put into its requests, and the answer taken out, on their way.
 */
export function meterCapacity(table: Table): MeteredTable {
  let readUnits = 0;
  let writes = new Map<string, number>();
  let calls = new Map<string, number>();
  table.client.middlewareStack.add(
    (next, context) => async (args) => {
      const answer = await next({ ...args, input: { ...args.input, ReturnConsumedCapacity: "INDEXES" } });
      const command = String(context.commandName);
      add(calls, command.replace(/Command$/, ""), 1);
      for (const consumed of consumedOf(answer.output)) {
        if (!WRITES.has(command)) readUnits += consumed.CapacityUnits ?? 0;
        else for (const [place, units] of placesOf(consumed)) add(writes, place, units);
      }
      return answer;
    },
    { step: "initialize", name: "meterCapacity", priority: "low" },
  );
  const take = (): Consumed => {
    const writeUnits = [...writes.values()].reduce((total, units) => total + units, 0);
    const taken = {
      readUnits,
      writeUnits,
      writes: Object.fromEntries(writes),
      calls: Object.fromEntries(calls),
    };
    readUnits = 0;
    writes = new Map();
    calls = new Map();
    return taken;
  };
  return { ...table, take };
}

function consumedOf(output: object): ConsumedCapacity[] {
  if (!("ConsumedCapacity" in output)) throw new Error("the engine does not say what a call consumed");
  const { ConsumedCapacity: consumed } = output as {
    ConsumedCapacity: ConsumedCapacity | ConsumedCapacity[];
  };
  return Array.isArray(consumed) ? consumed : [consumed];
}

function placesOf({
  Table: table,
  GlobalSecondaryIndexes: indexes = {},
}: ConsumedCapacity): [string, number][] {
  return [
    ["table", table?.CapacityUnits ?? 0],
    ...Object.entries(indexes).map(([name, { CapacityUnits = 0 }]): [string, number] => [
      name,
      CapacityUnits,
    ]),
  ];
}

function add(counts: Map<string, number>, name: string, by: number): void {
  counts.set(name, (counts.get(name) ?? 0) + by);
}
