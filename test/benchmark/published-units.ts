import { paginateScan } from "@aws-sdk/client-dynamodb";
import { itemBytes, type StoredItem, writeUnitsOf } from "./item-size.ts";
import type { ScratchTable } from "./scratch-table.ts";

const indexes = ["GSI1", "GSI2", "GSI3"] as const;

/** Write units by DynamoDB's published rules, from the items that are stored. */
export interface PublishedUnits {
  /** Of storing one event, on average: its item, and an entry in each index that it has keys of. */
  readonly event: { readonly table: number; readonly GSI1: number; readonly GSI3: number };
  /** Of one update of the largest counter. Index keys that do not change cost nothing. */
  readonly update: number;
  readonly eventBytesMax: number;
  readonly counterBytesMax: number;
}

export async function publishedUnitsOf({ rawClient: client, name }: ScratchTable): Promise<PublishedUnits> {
  const units = { table: 0, GSI1: 0, GSI2: 0, GSI3: 0 };
  const bytes = { event: 0, counter: 0 };
  let events = 0;
  for await (const page of paginateScan({ client }, { TableName: name })) {
    for (const item of page.Items ?? []) {
      const size = itemBytes(item);
      if (!item.PK?.S?.startsWith("USAGE#")) {
        bytes.counter = Math.max(bytes.counter, size);
        continue;
      }
      events += 1;
      bytes.event = Math.max(bytes.event, size);
      units.table += writeUnitsOf(size);
      for (const index of indexes) units[index] += indexUnits(item, index);
    }
  }
  const mean = (total: number) => total / events;
  return {
    event: { table: mean(units.table), GSI1: mean(units.GSI1), GSI3: mean(units.GSI3) },
    update: writeUnitsOf(bytes.counter),
    eventBytesMax: bytes.event,
    counterBytesMax: bytes.counter,
  };
}

/** An entry of a keys-only index is the table's keys and its own. */
function indexUnits(item: StoredItem, index: string): number {
  if (item[`${index}PK`] === undefined) return 0;
  const keys = ["PK", "SK", `${index}PK`, `${index}SK`];
  return writeUnitsOf(
    itemBytes(Object.fromEntries(Object.entries(item).filter(([name]) => keys.includes(name)))),
  );
}
