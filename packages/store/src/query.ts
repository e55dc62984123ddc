import { QueryCommand, type QueryCommandInput } from "@aws-sdk/lib-dynamodb";
import type { Item } from "./item.ts";
import type { Table } from "./table.ts";

/** Items of one partition, in order of their sort key. */
export interface PartitionQuery {
  readonly partition: string;
  /** Lowest and highest sort key, both included. The whole partition when absent. */
  readonly between?: readonly [string, string];
  readonly index?: "GSI1" | "GSI2" | "GSI3";
  readonly newestFirst?: boolean;
  readonly limit?: number;
}

function queryParams(tableName: string, query: PartitionQuery): QueryCommandInput {
  const { index, between, limit } = query;
  return {
    TableName: tableName,
    IndexName: index,
    KeyConditionExpression: `#pk = :pk${between ? " AND #sk BETWEEN :low AND :high" : ""}`,
    ExpressionAttributeNames: {
      "#pk": index ? `${index}PK` : "PK",
      ...(between && { "#sk": index ? `${index}SK` : "SK" }),
    },
    ExpressionAttributeValues: {
      ":pk": query.partition,
      ...(between && { ":low": between[0], ":high": between[1] }),
    },
    ScanIndexForward: !query.newestFirst,
    // An index is always eventually consistent; the table itself is asked for its latest word.
    ConsistentRead: index ? undefined : true,
    Limit: limit,
  };
}

/** All items that match, or the first `limit` of them. */
export async function queryItems(table: Table, query: PartitionQuery): Promise<Item[]> {
  const items: Item[] = [];
  const params = queryParams(table.name, query);
  let from: QueryCommandInput["ExclusiveStartKey"];
  do {
    const page = await table.client.send(new QueryCommand({ ...params, ExclusiveStartKey: from }));
    items.push(...(page.Items ?? []));
    from = page.LastEvaluatedKey;
  } while (from && (query.limit === undefined || items.length < query.limit));
  return query.limit === undefined ? items : items.slice(0, query.limit);
}
