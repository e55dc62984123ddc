import * as z from "zod";
import type { AwsJsonOperation } from "../aws-json.ts";
import type { EventBuses } from "./event-bus.ts";

const MAX_ENTRY_BYTES = 1_048_576;

const request = z.object({
  Entries: z
    .array(
      z.object({
        Source: z.string().default(""),
        DetailType: z.string().default(""),
        Detail: z.string().default(""),
        EventBusName: z.string().default("default"),
        Resources: z.array(z.string()).default([]),
        /** Seconds since 1970 in this protocol. */
        Time: z.number().optional(),
      }),
    )
    .min(1)
    .max(10),
});
type Entry = z.infer<typeof request>["Entries"][number];

type EntryResult = { EventId: string } | { ErrorCode: string; ErrorMessage: string };

/** `AWSEvents.PutEvents`: each entry is accepted or refused by itself. */
export function putEvents(buses: EventBuses): AwsJsonOperation {
  return (input) => {
    const results = request.parse(input).Entries.map((entry) => putEntry(buses, entry));
    return { FailedEntryCount: results.filter((result) => "ErrorCode" in result).length, Entries: results };
  };
}

function putEntry(buses: EventBuses, entry: Entry): EntryResult {
  for (const name of ["Source", "DetailType", "Detail"] as const) {
    if (entry[name] === "")
      return refused(
        "InvalidArgument",
        `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
      );
  }
  if (Buffer.byteLength(entry.Detail) > MAX_ENTRY_BYTES) {
    return refused("InvalidArgument", "Total size of the entries in the request is over the limit.");
  }
  const detail = parseDetail(entry.Detail);
  if (detail === undefined) return refused("MalformedDetail", "Detail is malformed.");
  const busName = entry.EventBusName.split("event-bus/").at(-1) ?? entry.EventBusName;
  if (!buses.has(busName))
    return refused("ResourceNotFoundException", `Event bus ${busName} does not exist.`);
  const time = entry.Time === undefined ? new Date() : new Date(entry.Time * 1000);
  return {
    EventId: buses.put({
      source: entry.Source,
      detailType: entry.DetailType,
      detail,
      resources: entry.Resources,
      time,
      busName,
    }),
  };
}

function parseDetail(detail: string): Record<string, unknown> | undefined {
  try {
    return z.record(z.string(), z.unknown()).safeParse(JSON.parse(detail)).data;
  } catch {
    return undefined;
  }
}

function refused(ErrorCode: string, ErrorMessage: string): EntryResult {
  return { ErrorCode, ErrorMessage };
}
