import { NumberValue } from "@aws-sdk/lib-dynamodb";
import { describe, expect, it } from "vitest";
import { InvalidItemError } from "./errors.ts";
import { ItemReader } from "./item.ts";

const read = new ItemReader({
  text: "a",
  number: NumberValue.from("12"),
  unsafe: NumberValue.from("9007199254740993"),
  flag: false,
  list: ["a", 1],
  map: { inner: "b" },
  instant: "2026-11-21T10:20:00.000Z",
  early: "2026-11-21T10:20:00Z",
});

describe("item reader", () => {
  it("reads each attribute as what it must be", () => {
    expect([read.text("text"), read.integer("number"), read.flag("flag"), read.instant("instant")]).toEqual([
      "a",
      12,
      false,
      "2026-11-21T10:20:00.000Z",
    ]);
    expect(read.map("map").text("inner")).toBe("b");
    expect(read.word("text", ["a", "b"])).toBe("a");
    expect(read.money("number").toString()).toBe("12");
    expect([
      read.optionalText("none"),
      read.optionalInteger("none"),
      read.optionalMoney("none"),
      read.optionalInstant("none"),
    ]).toEqual([undefined, undefined, undefined, undefined]);
  });

  it.each<[string, () => unknown]>([
    ["number", () => read.text("number")],
    ["none", () => read.text("none")],
    ["text", () => read.integer("text")],
    ["unsafe", () => read.integer("unsafe")],
    ["text", () => read.optionalInteger("text")],
    ["text", () => read.flag("text")],
    ["early", () => read.instant("early")],
    ["map", () => read.list("map")],
    ["list", () => read.texts("list")],
    ["list", () => read.map("list")],
    ["number", () => read.map("number")],
    ["text", () => read.word("text", ["x"])],
    ["flag", () => read.money("flag")],
  ])("names %s when it is something else", (attribute, reading) => {
    expect(reading).toThrow(InvalidItemError);
    expect(reading).toThrow(new RegExp(`^${attribute} is `));
  });
});
