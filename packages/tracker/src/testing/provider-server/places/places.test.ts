import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ProviderServer, startProviderServer } from "../provider-server.ts";

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
});
afterAll(() => server.close());

const search = (headers: Record<string, string>) =>
  fetch(`${server.url}/v1/places:searchText`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-goog-api-key": "key", ...headers },
    body: JSON.stringify({ textQuery: "coffee" }),
  });

describe("Places", () => {
  it("tells of a place what the field mask names", async () => {
    const found = await search({ "x-goog-fieldmask": "places.displayName,places.rating" });
    expect(await found.json()).toEqual({
      places: [{ displayName: { text: "Harbour Café", languageCode: "en" }, rating: 4.5 }],
    });
    const details = await fetch(`${server.url}/v1/places/place-1?fields=id,rating`);
    expect(await details.json()).toEqual({ id: "place-1", rating: 4.5 });
  });

  it("refuses to answer without a field mask, and as it is told to", async () => {
    const unmasked = await search({});
    expect(unmasked.status).toBe(400);
    expect(await unmasked.json()).toMatchObject({ error: { code: 400, status: "INVALID_ARGUMENT" } });
    server.next({ kind: "error", status: 429 });
    const exhausted = await search({ "x-goog-fieldmask": "*" });
    expect(await exhausted.json()).toMatchObject({ error: { code: 429, status: "RESOURCE_EXHAUSTED" } });
  });
});
