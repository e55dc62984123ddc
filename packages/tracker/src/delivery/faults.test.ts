import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { aDelivery, endDeliveries, lineOf } from "./testing/delivery-setting.ts";
import {
  type LineOutcome,
  STORED,
  type Transport,
  TransportError,
  type TransportFailure,
} from "./transport.ts";

afterEach(endDeliveries);

/** What happens to a batch; from the end of the list on, all is well. */
type Fault =
  | { readonly kind: "fine" }
  | { readonly kind: "fails"; readonly reason: TransportFailure; readonly stored: number }
  | { readonly kind: "clock"; readonly aheadMs: number }
  | { readonly kind: "garbage" };

const HOUR = 3_600_000;

const faults = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant("fine" as const) }),
    fc.record({
      kind: fc.constant("fails" as const),
      reason: fc.constantFrom<TransportFailure>("unavailable", "misconfigured"),
      stored: fc.nat(50),
    }),
    fc.record({ kind: fc.constant("clock" as const), aheadMs: fc.constantFrom(-3 * HOUR, 0, 3 * HOUR) }),
    fc.record({ kind: fc.constant("garbage" as const) }),
  ),
  { maxLength: 12 },
);

/** A naive other side: it knows each id once, refuses what is marked bad, and fails as it is told. */
class FaultySide implements Transport {
  readonly name = "faulty";
  readonly stored = new Map<string, string>();
  readonly #faults: Fault[];

  constructor(given: readonly Fault[]) {
    this.#faults = [...given];
  }

  async send(lines: readonly string[]) {
    const fault = this.#faults.shift() ?? { kind: "fine" };
    if (fault.kind === "fails") {
      const isTaken = fault.reason === "unavailable";
      if (isTaken) for (const line of lines.slice(0, fault.stored)) this.#take(line);
      throw new TransportError("told to fail", { reason: fault.reason });
    }
    const outcomes = lines.map((line) => this.#take(line));
    if (fault.kind === "garbage") return { outcomes: outcomes.slice(1) };
    return { outcomes, ...(fault.kind === "clock" && { clockAheadMs: fault.aheadMs }) };
  }

  #take(line: string): LineOutcome {
    const { request_id } = JSON.parse(line) as { request_id: string };
    if (request_id.startsWith("bad")) return { status: "rejected", message: "is bad" };
    const known = this.stored.get(request_id);
    if (known !== undefined) return known === line ? STORED : { status: "conflict" };
    this.stored.set(request_id, line);
    return STORED;
  }
}

const steps = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant("add" as const), count: fc.integer({ min: 1, max: 60 }), bad: fc.boolean() }),
    fc.record({ do: fc.constantFrom("flush" as const, "wait" as const) }),
  ),
  { minLength: 1, maxLength: 12 },
);

describe("delivery under faults", () => {
  it("delivers each call once, refuses what is bad, and accounts for every one", async () => {
    const history = fc.asyncProperty(faults, steps, fc.boolean(), async (given, todo, hasSpool) => {
      const side = new FaultySide(given);
      const { delivery } = aDelivery(
        { url: "" },
        {
          transport: side,
          flushAfterMs: 1,
          flushAfterLines: 20,
          backOff: { firstMs: 0, maxMs: 1 },
          memoryLinesMax: hasSpool ? 30 : 1_000,
          ...(!hasSpool && { spoolDirectory: false as const }),
        },
      );
      const good: string[] = [];
      let bad = 0;
      for (const step of todo) {
        if (step.do === "flush") await delivery.flush();
        if (step.do === "wait") await new Promise((resolve) => setImmediate(resolve));
        if (step.do !== "add") continue;
        for (let index = 0; index < step.count; index += 1) {
          const id = step.bad ? `bad-${++bad}` : `good-${good.length}`;
          if (!step.bad) good.push(id);
          delivery.add(lineOf(id));
        }
      }
      // Faults come to an end; so must what waits.
      for (let round = 0; round <= given.length && delivery.statistics.waiting > 0; round += 1)
        await delivery.flush();
      expect(delivery.statistics).toEqual({
        recorded: good.length + bad,
        delivered: good.length,
        rejected: bad,
        dropped: 0,
        handedOver: 0,
        waiting: 0,
        spilled: 0,
        adopted: 0,
      });
      expect([...side.stored.keys()].sort()).toEqual(good.sort());
      await endDeliveries();
    });
    await fc.assert(history, { numRuns: 150 });
  });
});
