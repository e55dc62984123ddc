import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { Bundle } from "./testing/bundle.ts";

let bundle: Bundle;
beforeAll(async () => {
  bundle = await Bundle.of(fileURLToPath(new URL("./index.ts", import.meta.url)));
});

describe("what the tracker adds to an application, minified and compressed", () => {
  it.each([
    ["OpenAI", /openai\/endpoints\.ts$/],
    ["Anthropic", /anthropic\/messages\.ts$/],
    ["Google", /google\/calls\.ts$/],
    ["Bedrock", /bedrock\/calls\.ts$/],
  ])("is at most 30 kB with what reads the calls of %s", (_, reader) => {
    expect(bundle.gzipBytes(reader)).toBeLessThanOrEqual(30_000);
  });

  it("has no part of providers that are not used", () => {
    const loaded = bundle.loadedAtOnce;
    expect(loaded.length).toBeGreaterThan(50);
    expect(
      loaded.filter((file) => /normalize\/(openai|anthropic|gemini|bedrock)|calls\.ts$/.test(file)),
    ).toEqual([]);
  });
});
