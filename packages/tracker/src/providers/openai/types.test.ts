import Anthropic from "@anthropic-ai/sdk";
import OpenAI, { AzureOpenAI } from "openai";
import type { APIPromise } from "openai/core/api-promise";
import type { Stream } from "openai/core/streaming";
import OpenAI4 from "openai-4";
import { afterAll, describe, expectTypeOf, it } from "vitest";
import { trackerInMemory } from "../testing/same-as-bare.ts";

const { tracker } = trackerInMemory();
// No call waits for what these clients load: it is to be there before the tests are gone.
afterAll(() => Promise.all([import("./endpoints.ts"), import("../anthropic/messages.ts")]));

describe("the types of clients that are wrapped", () => {
  it("are those of the clients", () => {
    expectTypeOf(tracker.wrap(new OpenAI({ apiKey: "k" }))).toEqualTypeOf<OpenAI>();
    expectTypeOf(tracker.wrap(new OpenAI4({ apiKey: "k" }))).toEqualTypeOf<OpenAI4>();
    expectTypeOf(tracker.wrap(new Anthropic({ apiKey: "k" }))).toEqualTypeOf<Anthropic>();
    const azure = new AzureOpenAI({ apiKey: "k", apiVersion: "1", endpoint: "https://a.openai.azure.com" });
    expectTypeOf(tracker.wrap(azure)).toEqualTypeOf<AzureOpenAI>();
  });

  it("tell plain answers and streams apart", () => {
    const client = tracker.wrap(new OpenAI({ apiKey: "k" }));
    const plain = () => client.chat.completions.create({ model: "a", messages: [] });
    const streamed = () => client.chat.completions.create({ model: "a", messages: [], stream: true });
    expectTypeOf(plain).returns.toEqualTypeOf<APIPromise<OpenAI.Chat.ChatCompletion>>();
    expectTypeOf(streamed).returns.toEqualTypeOf<APIPromise<Stream<OpenAI.Chat.ChatCompletionChunk>>>();
  });
});
