import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { NotPublishedError, publishEvents } from "./publish-events.ts";

const bus = mockClient(EventBridgeClient);
const client = new EventBridgeClient({ region: "us-east-1" });
const events = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    source: "ai-usage",
    detailType: "Budget Threshold Crossed",
    detail: { index },
    time: new Date("2026-11-22T12:00:00Z"),
  }));

beforeEach(() => bus.reset());

describe("publishing events", () => {
  it("puts them on the bus in order, ten in a call", async () => {
    bus.on(PutEventsCommand).resolves({ FailedEntryCount: 0 });
    await publishEvents(client, "alerts", events(23));
    const calls = bus.commandCalls(PutEventsCommand).map((call) => call.args[0].input.Entries ?? []);
    expect(calls.map((entries) => entries.length)).toEqual([10, 10, 3]);
    expect(calls.flat().map(({ Detail }) => Detail)).toEqual(
      events(23).map(({ detail }) => JSON.stringify(detail)),
    );
    expect(calls[0]?.[0]).toMatchObject({ EventBusName: "alerts", Source: "ai-usage" });
  });

  it("does not call the bus for nothing", async () => {
    await publishEvents(client, "alerts", []);
    expect(bus.calls()).toHaveLength(0);
  });

  it("fails when the bus takes only some, so that the batch comes again", async () => {
    bus
      .on(PutEventsCommand)
      .resolves({ FailedEntryCount: 1, Entries: [{ EventId: "1" }, { ErrorCode: "ThrottlingException" }] });
    await expect(publishEvents(client, "alerts", events(2))).rejects.toThrow(NotPublishedError);
    await expect(publishEvents(client, "alerts", events(2))).rejects.toThrow(
      /1 of 2 events: ThrottlingException/,
    );
  });
});
