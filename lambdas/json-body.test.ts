import { gzipSync } from "node:zlib";
import { BODY_BYTES_MAX, ProblemError } from "@ai-usage/wire";
import { describe, expect, it } from "vitest";
import { parseJsonBody } from "./json-body.ts";

const bytes = (text: string, encoding?: BufferEncoding) => Buffer.from(text, encoding);

function statusOf(body: Parameters<typeof parseJsonBody>[0]): number | undefined {
  try {
    parseJsonBody(body);
  } catch (error) {
    if (error instanceof ProblemError) return error.problem.status;
    throw error;
  }
  return undefined;
}

describe("JSON body", () => {
  it.each([
    undefined,
    "application/json",
    "application/json; charset=utf-8",
    'Application/JSON;charset="UTF-8"',
  ])("is read as %s", (contentType) => {
    expect(parseJsonBody({ contentType, bytes: bytes('{"a":"ü🚀"}') })).toEqual({ a: "ü🚀" });
  });

  it("may begin with a byte order mark", () => {
    expect(parseJsonBody({ bytes: bytes("\ufeff[1]") })).toEqual([1]);
  });

  it.each<[string, Parameters<typeof parseJsonBody>[0], number]>([
    ["another media type", { contentType: "text/plain", bytes: bytes("{}") }, 415],
    ["another character set", { contentType: "application/json; charset=utf-16", bytes: bytes("{}") }, 415],
    ["compression that is not known here", { contentEncoding: "br", bytes: bytes("{}") }, 415],
    ["too many bytes", { bytes: Buffer.alloc(BODY_BYTES_MAX + 1, 32) }, 413],
    ["bytes that are no UTF-8", { bytes: Buffer.from([0x22, 0xff, 0x22]) }, 400],
    ["what a gateway makes of such bytes", { bytes: bytes('"\ufffd"') }, 400],
    ["UTF-16", { bytes: bytes('{"a":1}', "utf16le") }, 400],
    ["no JSON", { bytes: bytes("{a:1}") }, 400],
    ["half of it", { bytes: bytes('{"a":') }, 400],
    ["nothing", { bytes: bytes("") }, 400],
  ])("with %s is refused", (_, body, status) => {
    expect(statusOf(body)).toBe(status);
  });

  it("is read when it is gzipped", () => {
    expect(parseJsonBody({ contentEncoding: "gzip", bytes: gzipSync('{"a":"ü"}') })).toEqual({ a: "ü" });
  });

  it("does not quote itself in a message", () => {
    expect(() => parseJsonBody({ bytes: bytes("secret prompt") })).toThrow(/^\(body\) must be JSON$/);
  });

  it("nested 100,000 deep is read", () => {
    expect(statusOf({ bytes: bytes("[".repeat(100_000) + "]".repeat(100_000)) })).toBeUndefined();
  });
});
