import type { Table } from "@ai-usage/store";
import type { ConsumedCapacity } from "@aws-sdk/client-dynamodb";
import * as z from "zod";

/** What the calls of a stretch consumed: by the engine's word, unless it says otherwise. */
export interface Consumed {
  readonly readUnits: number;
  /**
   * By the published rules, of items that are asked for by key and are absent or small: one each, half of that where
   * a stale answer will do. An engine may charge nothing for those that are absent.
   */
  readonly keyReadUnits: number;
  readonly writeUnits: number;
  /** Write units by where they went: `table`, `GSI1`, … */
  readonly writes: Readonly<Record<string, number>>;
  readonly calls: Readonly<Record<string, number>>;
}

export interface MeteredTable extends Table {
  /** What was consumed since the last call. */
  take(): Consumed;
}

/**
 * Has every call of the table's client say what it consumed, and adds that up. The code that is measured does not
 * know: the parameter is put into its requests, and the answer taken out, on their way.
 */
export function meterCapacity(table: Table): MeteredTable {
  let tally = new Tally();
  table.client.middlewareStack.add(
    (next, context) => async (args) => {
      const answer = await next({ ...args, input: { ...args.input, ReturnConsumedCapacity: "INDEXES" } });
      tally.count(String(context.commandName).replace(/Command$/, ""), args.input, answer.output);
      return answer;
    },
    { step: "initialize", name: "meterCapacity", priority: "low" },
  );
  const take = () => {
    const taken = tally.consumed;
    tally = new Tally();
    return taken;
  };
  return { ...table, take };
}

const WRITES = ["BatchWriteItem", "UpdateItem", "PutItem", "TransactWriteItems"];

const batchGetSchema = z.object({
  RequestItems: z.record(
    z.string(),
    z.object({ Keys: z.array(z.unknown()), ConsistentRead: z.boolean().default(false) }),
  ),
});

class Tally {
  #readUnits = 0;
  #keyReadUnits = 0;
  readonly #writes = new Map<string, number>();
  readonly #calls = new Map<string, number>();

  get consumed(): Consumed {
    return {
      readUnits: this.#readUnits,
      keyReadUnits: this.#keyReadUnits,
      writeUnits: [...this.#writes.values()].reduce((total, units) => total + units, 0),
      writes: Object.fromEntries(this.#writes),
      calls: Object.fromEntries(this.#calls),
    };
  }

  count(operation: string, input: object, output: object): void {
    add(this.#calls, operation, 1);
    if (operation === "BatchGetItem") this.#countKeys(input);
    for (const consumed of consumedOf(output)) {
      if (!WRITES.includes(operation)) this.#readUnits += consumed.CapacityUnits ?? 0;
      else for (const [place, units] of placesOf(consumed)) add(this.#writes, place, units);
    }
  }

  #countKeys(input: object): void {
    for (const { Keys, ConsistentRead } of Object.values(batchGetSchema.parse(input).RequestItems)) {
      this.#keyReadUnits += Keys.length * (ConsistentRead ? 1 : 0.5);
    }
  }
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
