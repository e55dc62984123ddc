import fc from "fast-check";
import { Writer } from "protobufjs/minimal.js";
import { describe, expect, it } from "vitest";
import { ProblemError } from "../problem.ts";
import { spansFromProtobuf } from "./protobuf-spans.ts";

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const START_GROUP = 3;
const END_GROUP = 4;
const FIXED32 = 5;

type Write = (writer: Writer) => unknown;

const tag = (field: number, wireType: number) => (field << 3) | wireType;
const message =
  (field: number, ...parts: readonly Write[]): Write =>
  (writer) => {
    writer.uint32(tag(field, BYTES)).fork();
    for (const part of parts) part(writer);
    writer.ldelim();
  };
const text =
  (field: number, value: string): Write =>
  (writer) =>
    writer.uint32(tag(field, BYTES)).string(value);

function encoded(...parts: readonly Write[]): Uint8Array {
  const writer = Writer.create();
  for (const part of parts) part(writer);
  return writer.finish();
}

const attribute = (field: number, key: string, value: string) =>
  message(field, text(1, key), message(2, text(1, value)));
const spanId: Write = (writer) => writer.uint32(tag(2, BYTES)).bytes(new Uint8Array([0xab, 1]));

/** One span in a request. */
const requestOf = (...parts: readonly Write[]) => encoded(message(1, message(2, message(2, ...parts))));

describe("a request in protobuf", () => {
  it("may be empty", async () => {
    expect(await spansFromProtobuf(new Uint8Array())).toEqual([]);
  });

  it("may have fields of every kind that nobody knows", async () => {
    const unknown: Write = (writer) => {
      writer.uint32(tag(77, VARINT)).uint64(5);
      writer.uint32(tag(78, FIXED64)).double(0.5);
      writer.uint32(tag(79, BYTES)).string("x");
      writer.uint32(tag(80, START_GROUP)).uint32(tag(1, VARINT)).uint32(1).uint32(tag(80, END_GROUP));
      writer.uint32(tag(81, FIXED32)).fixed32(7);
    };
    const span = message(2, unknown, spanId, unknown);
    const [read] = await spansFromProtobuf(
      encoded(unknown, message(1, unknown, message(2, unknown, span), unknown)),
    );
    expect(read).toMatchObject({ spanId: "ab01", traceId: "", failed: false });
  });

  it("may have the resource behind its spans, and a value before its key", async () => {
    const backwards = message(9, message(2, text(1, "ada")), text(1, "user.id"));
    const resource = message(1, attribute(1, "service.name", "api"));
    const [read] = await spansFromProtobuf(encoded(message(1, message(2, message(2, backwards)), resource)));
    expect(read).toMatchObject({ attributes: { "user.id": "ada" }, resource: { "service.name": "api" } });
  });

  it("keeps apart the resources of its groups", async () => {
    const group = (name: string) =>
      message(1, message(1, attribute(1, "service.name", name)), message(2, message(2, spanId)));
    const read = await spansFromProtobuf(encoded(group("a"), group("b")));
    expect(read.map(({ resource }) => resource)).toEqual([{ "service.name": "a" }, { "service.name": "b" }]);
  });

  it("loses nothing of an integer of 64 bits", async () => {
    const integer = (key: string, value: string) =>
      message(
        9,
        text(1, key),
        message(2, (writer) => writer.uint32(tag(3, VARINT)).int64(value)),
      );
    const [read] = await spansFromProtobuf(
      requestOf(integer("gen_ai.usage.a", "9007199254740993"), integer("gen_ai.usage.b", "-5")),
    );
    expect(read?.attributes).toEqual({ "gen_ai.usage.a": "9007199254740993", "gen_ai.usage.b": -5 });
  });

  it("takes the last exception, of exceptions only", async () => {
    const event = (name: string, type: string) =>
      message(11, text(2, name), attribute(3, "exception.type", type));
    const [read] = await spansFromProtobuf(
      requestOf(event("exception", "First"), event("exception", "Last"), event("retry", "Other")),
    );
    expect(read?.exceptionType).toBe("Last");
  });
});

describe("what is no request", () => {
  const whole = requestOf(spanId, attribute(9, "user.id", "ada"));

  it.each<[string, Uint8Array]>([
    ["JSON", Buffer.from('{"resourceSpans":[]}')],
    ["cut off", whole.subarray(0, whole.length - 1)],
    ["a field number 0", new Uint8Array([0x02, 0x00])],
    ["a wire type that there is not", new Uint8Array([0x0f])],
    ["a length beyond the body", new Uint8Array([0x0a, 0xff, 0xff, 0xff, 0xff, 0x07])],
    ["a length without an end", new Uint8Array([0x0a, ...Array<number>(11).fill(0xff)])],
    [
      "a field that is longer than what holds it",
      encoded((writer) => writer.uint32(0x0a).uint32(2).uint32(0x12).uint32(9).bytes(new Uint8Array(20))),
    ],
    ["groups without an end", new Uint8Array(2_000).fill(0x0b)],
  ])("is refused: %s", async (_what, bytes) => {
    await expect(spansFromProtobuf(bytes)).rejects.toThrow(ProblemError);
    await expect(spansFromProtobuf(bytes)).rejects.toThrow(/^\(body\) must be/);
  });

  it("is refused or read, whatever bytes it is: no other error, and no end of memory", async () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.tuple(fc.nat({ max: whole.length - 1 }), fc.nat({ max: 255 })).map(([at, byte]) => {
        const changed = Uint8Array.from(whole);
        changed[at] = byte;
        return changed;
      }),
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (body) => {
        const outcome = await spansFromProtobuf(body).catch((error: unknown) => error);
        expect(Array.isArray(outcome) || outcome instanceof ProblemError).toBe(true);
      }),
    );
  });
});
