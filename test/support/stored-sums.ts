import { type AttributeValue, DynamoDBClient, paginateScan } from "@aws-sdk/client-dynamodb";
import { picoOf, type Sum } from "./independent-sum.ts";
import type { LocalAddresses } from "./stack-process.ts";

type RawItem = Record<string, AttributeValue>;

/** Every item of the table as the engine holds it. */
export async function scanTable({ dynamodb_endpoint, table_name }: LocalAddresses): Promise<RawItem[]> {
  const client = new DynamoDBClient({
    endpoint: dynamodb_endpoint,
    region: "local",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
  const items: RawItem[] = [];
  for await (const page of paginateScan({ client }, { TableName: table_name, ConsistentRead: true })) {
    items.push(...(page.Items ?? []));
  }
  client.destroy();
  return items;
}

/** Sums of all counters, their lineages added up, under the same names as `sumByCounter` gives them. */
export function storedSums(items: readonly RawItem[]): Map<string, Sum> {
  const sums = new Map<string, Sum>();
  for (const item of items) {
    const partition = item.PK?.S ?? "";
    const parts = (item.SK?.S ?? "").split("#");
    if (partition.startsWith("CUBE#")) add(sums, `${partition}|${parts.slice(0, 3).join("#")}`, item, "");
    if (!partition.startsWith("TOTAL#")) continue;
    const bucket = `${partition}|${parts.slice(0, 2).join("#")}`;
    if (parts[0] === "DAY") add(sums, bucket, item, "");
    else
      for (const quarter of ["q0", "q1", "q2", "q3"]) add(sums, `${bucket}|${quarter}`, item, `${quarter}_`);
  }
  return sums;
}

/** Which values each dimension had on each day, from the keys that GSI2 is made of: `2026-11-22#team:editor`. */
export function whoRows(items: readonly RawItem[]): Set<string> {
  const rows = new Set<string>();
  for (const item of items) {
    const [, , dimension] = (item.GSI2PK?.S ?? "").split("#");
    if (!item.GSI2PK?.S?.startsWith("DATE_TOTALS#")) continue;
    const [date, value] = (item.GSI2SK?.S ?? "").split("#");
    rows.add(`${date}#${dimension}:${value}`);
  }
  return rows;
}

function add(sums: Map<string, Sum>, key: string, item: RawItem, prefix: string): void {
  const calls = Number(item[`${prefix}calls`]?.N ?? 0);
  if (calls === 0) return;
  const sum = sums.get(key) ?? { cost: 0n, calls: 0, inputTokens: 0, outputTokens: 0 };
  sum.cost += picoOf(item[`${prefix}cost_usd`]?.N ?? "0");
  sum.calls += calls;
  sum.inputTokens += Number(item[`${prefix}input_tokens`]?.N ?? 0);
  sum.outputTokens += Number(item[`${prefix}output_tokens`]?.N ?? 0);
  sums.set(key, sum);
}
