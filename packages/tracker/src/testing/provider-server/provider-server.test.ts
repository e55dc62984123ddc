import OpenAI from "openai";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type ProviderServer, startProviderServer } from "./provider-server.ts";

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
});
afterEach(() => server.reset());
afterAll(() => server.close());

const client = (options = {}) =>
  new OpenAI({ apiKey: "key", baseURL: server.openAIUrl, maxRetries: 0, ...options });
const greeting = { model: "gpt-5", messages: [{ role: "user" as const, content: "Hello" }] };

describe("provider server", () => {
  it("does what it was told, once each in the order of arrival, and then what it always does", async () => {
    server.always({ kind: "answer", text: "always" });
    server.next({ kind: "answer", text: "first" }, { kind: "answer", text: "second" });
    const texts: unknown[] = [];
    for (let call = 0; call < 3; call++)
      texts.push((await client().chat.completions.create(greeting)).choices[0]?.message.content);
    expect(texts).toEqual(["first", "second", "always"]);
  });

  it("remembers what was really sent", async () => {
    await client({ defaultQuery: { trace: "1" } }).chat.completions.create(greeting);
    expect(server.requests).toMatchObject([
      {
        method: "POST",
        path: "/v1/chat/completions",
        body: greeting,
        headers: { authorization: "Bearer key" },
      },
    ]);
    expect(server.requests[0]?.query.get("trace")).toBe("1");
    expect(await server.requests[0]?.ended).toBe("answered");
  });

  it("leaves out usage, or lays other words over the answer", async () => {
    server.next(
      { kind: "answer", usage: "absent" },
      { kind: "answer", model: "gpt-5-2025-08-07", body: { extra: 1 } },
    );
    expect(await client().chat.completions.create(greeting)).not.toHaveProperty("usage");
    expect(await client().chat.completions.create(greeting)).toMatchObject({
      model: "gpt-5-2025-08-07",
      extra: 1,
    });
  });

  it("lets go of a slow stream chunk by chunk", async () => {
    server.next({ kind: "slow", free: 1 });
    const stream = (await client().chat.completions.create({ ...greeting, stream: true }))[
      Symbol.asyncIterator
    ]();
    await stream.next();
    expect(server.waiting).toBe(1);
    let told = false;
    const second = stream.next().then((chunk) => {
      told = true;
      return chunk;
    });
    // A round trip of another call: time enough for a chunk that was not held back.
    await client().chat.completions.create(greeting);
    expect(told).toBe(false);
    server.release();
    expect((await second).value?.choices[0]?.delta.content).toBe("Good");
    server.release(Number.POSITIVE_INFINITY);
    let rest = 0;
    while (!(await stream.next()).done) rest++;
    expect(rest).toBe(8);
  });

  it("holds back the body of an answer that is not streamed, its headers not", async () => {
    server.next({ kind: "slow" });
    const response = await client().chat.completions.create(greeting).asResponse();
    expect(response.status).toBe(200);
    server.release();
    expect(await response.json()).toMatchObject({ object: "chat.completion" });
  });

  it("sees that a client left early", async () => {
    server.next({ kind: "slow", free: 2 });
    for await (const _ of await client().chat.completions.create({ ...greeting, stream: true })) break;
    expect(await server.requests[0]?.ended).toBe("abandoned");
    expect(server.waiting).toBe(0);
  });

  it("keeps silent until the client gives up", async () => {
    server.next({ kind: "silence" }, { kind: "silence" });
    const controller = new AbortController();
    const call = client().chat.completions.create(greeting, { signal: controller.signal });
    await server.arrived(1);
    controller.abort();
    await expect(call).rejects.toBeInstanceOf(OpenAI.APIUserAbortError);
    expect(await server.requests[0]?.ended).toBe("abandoned");
    const timed = client({ timeout: 50 }).chat.completions.create(greeting);
    await expect(timed).rejects.toBeInstanceOf(OpenAI.APIConnectionTimeoutError);
  });

  it("refuses paths that the provider does not have, in the provider's words", async () => {
    const unknown = (path: string, headers = {}) =>
      fetch(server.url + path, { method: "POST", headers }).then((response) => response.json());
    expect(await unknown("/v1/unknown")).toMatchObject({ error: { type: "invalid_request_error" } });
    expect(await unknown("/v1/unknown", { "anthropic-version": "2023-06-01" })).toMatchObject({
      type: "error",
      error: { type: "not_found_error" },
    });
  });

  it("gives no id twice, not even beside another server", async () => {
    const other = await startProviderServer();
    const ids = new Set<string>();
    for (const baseURL of [server.openAIUrl, other.openAIUrl])
      for (let call = 0; call < 5; call++)
        ids.add((await client({ baseURL }).chat.completions.create(greeting)).id);
    await other.close();
    expect(ids.size).toBe(10);
  });
});
