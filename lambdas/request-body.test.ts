import { gzipSync } from "node:zlib";
import { BODY_BYTES_MAX, ProblemError } from "@ai-usage/wire";
import { describe, expect, it } from "vitest";
import { inflatedBody, type PackedBody } from "./request-body.ts";

function problemOf(body: PackedBody): ProblemError["problem"] | undefined {
  try {
    inflatedBody(body);
  } catch (error) {
    if (error instanceof ProblemError) return error.problem;
    throw error;
  }
  return undefined;
}

/** Bytes that no other part of them tells of, so that they stay many when they are packed. */
const chance = (length: number) => {
  const bytes = Buffer.alloc(length);
  for (let index = 0, state = 1; index < length; index += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[index] = state >>> 24;
  }
  return bytes;
};

describe("body of a request", () => {
  const bytes = chance(1_000);

  it.each([undefined, "", "identity"])("with content-encoding %s is what came", (contentEncoding) => {
    expect(inflatedBody({ contentEncoding, bytes })).toEqual(bytes);
  });

  it.each(["gzip", "GZIP", "x-gzip"])("with content-encoding %s is unpacked", (contentEncoding) => {
    expect(inflatedBody({ contentEncoding, bytes: gzipSync(bytes) })).toEqual(bytes);
  });

  it("is unpacked up to the limit, and no byte further", () => {
    const packed = (length: number) => ({ contentEncoding: "gzip", bytes: gzipSync(Buffer.alloc(length)) });
    expect(inflatedBody(packed(BODY_BYTES_MAX)).byteLength).toBe(BODY_BYTES_MAX);
    expect(problemOf(packed(BODY_BYTES_MAX + 1))).toMatchObject({ status: 413 });
  });

  it("is too large when it is so as it came", () => {
    const packed = gzipSync(chance(BODY_BYTES_MAX + 1));
    expect(packed.byteLength).toBeGreaterThan(BODY_BYTES_MAX);
    expect(problemOf({ contentEncoding: "gzip", bytes: packed })).toMatchObject({ status: 413 });
  });

  const packed = gzipSync(bytes);
  it.each<[string, Uint8Array]>([
    ["text", Buffer.from("{}")],
    ["nothing", Buffer.alloc(0)],
    ["half of it", packed.subarray(0, packed.byteLength / 2)],
    ["a wrong checksum", Buffer.concat([packed.subarray(0, -8), Buffer.alloc(8)])],
    ["what a gateway makes of bytes that it takes for text", Buffer.from(packed.toString("utf8"))],
  ])("that says gzip and is %s is refused", (_, bytes) => {
    const problem = problemOf({ contentEncoding: "gzip", bytes });
    expect(problem).toMatchObject({ status: 400, errors: [{ field: "(body)" }] });
  });

  it.each(["br", "deflate", "zstd", "gzip, gzip"])("packed with %s is refused", (contentEncoding) => {
    expect(problemOf({ contentEncoding, bytes })).toMatchObject({ status: 415 });
  });
});
