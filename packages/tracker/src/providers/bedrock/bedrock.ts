import { markInstrumented } from "../instrumented.ts";
import { Loaded } from "../loaded.ts";
import type { Provider, ProviderWiring } from "../provider.ts";
import { type BedrockClient, type Middleware, regionOf } from "./client.ts";

/** `BedrockRuntimeClient` and `BedrockRuntime` of `@aws-sdk/client-bedrock-runtime`. */
export const bedrock: Provider = {
  recognizes: (client) =>
    "middlewareStack" in client &&
    "config" in client &&
    typeof client.config === "object" &&
    client.config !== null &&
    "serviceId" in client.config &&
    client.config.serviceId === "Bedrock Runtime",
  instrument: (client, wiring) => {
    const watched = client as unknown as BedrockClient;
    // Under one name it is there once, however often it is put there.
    watched.middlewareStack.add(metering(watched, wiring), {
      step: "initialize",
      name: "aiUsageMetering",
      override: true,
    });
    markInstrumented(watched.middlewareStack);
  },
};

function metering(client: BedrockClient, wiring: ProviderWiring): Middleware {
  const { recorder, service = "bedrock" } = wiring;
  const loaded = new Loaded(async () => {
    const { BedrockCalls } = await import("./calls.ts");
    return new BedrockCalls({ recorder, service, findRegion: regionOf(client) });
  }, wiring);
  return (next, { commandName = "" }) =>
    async (given) => {
      const got = loaded.get();
      const calls = got instanceof Promise ? await got : got;
      return calls === undefined ? next(given) : calls.make(commandName, given, next);
    };
}
