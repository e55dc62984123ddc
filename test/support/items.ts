import type { Table } from "@ai-usage/store";
import { ScanCommand, type ScanCommandOutput } from "@aws-sdk/lib-dynamodb";

export type Item = Record<string, unknown>;

/** Every item whose partition begins with `prefix`, numbers wrapped. Past the store's own reading code on purpose. */
export async function itemsOf(table: Table, prefix: string): Promise<Item[]> {
  const items: Item[] = [];
  let from: ScanCommandOutput["LastEvaluatedKey"];
  do {
    const page = await table.client.send(
      new ScanCommand({
        TableName: table.name,
        FilterExpression: "begins_with(PK, :prefix)",
        ExpressionAttributeValues: { ":prefix": prefix },
        ConsistentRead: true,
        ExclusiveStartKey: from,
      }),
    );
    items.push(...(page.Items ?? []));
    from = page.LastEvaluatedKey;
  } while (from);
  return items;
}
