import { describe, expect, it } from "vitest";
import { resolveIntrinsics } from "./intrinsics.ts";

const references = {
  ref: (id: string) => ({ Table: "usage", "AWS::Region": "us-east-1" })[id],
  attribute: (id: string, attribute: string) => (id === "Table" ? `${attribute} of usage` : undefined),
};
const resolve = (value: unknown) =>
  resolveIntrinsics(value, references, { logicalId: "Fn", path: "Environment" });

describe("intrinsic functions", () => {
  it("resolves references wherever they stand", () => {
    expect(resolve({ a: [{ Ref: "Table" }], b: { c: { "Fn::GetAtt": ["Table", "Arn"] } } })).toEqual({
      a: ["usage"],
      b: { c: "Arn of usage" },
    });
    expect(resolve({ "Fn::GetAtt": "Table.Nested.Name" })).toBe("Nested.Name of usage");
  });

  it("joins, splits, selects and substitutes", () => {
    expect(resolve({ "Fn::Join": ["/", ["a", { Ref: "Table" }]] })).toBe("a/usage");
    expect(resolve({ "Fn::Select": ["1", { "Fn::Split": ["-", { Ref: "AWS::Region" }] }] })).toBe("east");
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the syntax of Fn::Sub
    expect(resolve({ "Fn::Sub": "${Table}:${Table.Arn}:${!Literal}" })).toBe("usage:Arn of usage:${Literal}");
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the syntax of Fn::Sub
    expect(resolve({ "Fn::Sub": ["${x}-${AWS::Region}", { x: { Ref: "Table" } }] })).toBe("usage-us-east-1");
  });

  it("removes what has no value", () => {
    expect(resolve({ a: { Ref: "AWS::NoValue" }, b: [1, { Ref: "AWS::NoValue" }] })).toEqual({ b: [1] });
    expect(resolve({ Ref: "AWS::NoValue" })).toBeUndefined();
  });

  it("leaves an object alone that only looks like a function among other keys", () => {
    expect(resolve({ Ref: "Table", other: 1 })).toEqual({ Ref: "Table", other: 1 });
  });

  it("names the resource and the property that it cannot resolve", () => {
    expect(() => resolve({ Variables: { X: { Ref: "Nobody" } } })).toThrow(
      "Fn, property Environment.Variables.X: Ref to Nobody, which has no value on one machine",
    );
    expect(() => resolve([{ "Fn::ImportValue": "x" }])).toThrow(
      "Fn, property Environment.0: the local runtime does not understand Fn::ImportValue",
    );
    expect(() => resolve({ "Fn::Join": ["/", "text"] })).toThrow('Fn::Join needs a list, not "text"');
    expect(() => resolve({ "Fn::Select": [3, ["a"]] })).toThrow("Fn::Select of item 3 of 1");
  });
});
