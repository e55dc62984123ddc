import type { CallTerms, MeteredCall } from "../../recording/call.ts";
import type { Provider, ProviderWiring } from "../provider.ts";
import { watchGenerator } from "../watch-parts.ts";
import { watchBatches } from "./batches.ts";
import {
  type Billing,
  bareModel,
  billingOf,
  type GoogleClient,
  type Method,
  type Parameters,
} from "./client.ts";
import { BILLABLE, type BillableMethod } from "./methods.ts";
import { replaceMethod } from "./replace-method.ts";
import { watchVideos } from "./videos.ts";

/** The SDK `@google/genai`, versions 1 and 2, for AI Studio and Vertex AI. `client.live` is not watched. */
export const google: Provider = {
  name: "google",
  recognizes: (client) =>
    "models" in client &&
    "chats" in client &&
    typeof client.models === "object" &&
    client.models !== null &&
    "generateContent" in client.models,
  instrument: (client, wiring) => instrument(client as unknown as GoogleClient, wiring),
};

const INSTRUMENTED = new WeakSet<object>();

function instrument(client: GoogleClient, wiring: ProviderWiring): void {
  if (INSTRUMENTED.has(client.models)) return;
  INSTRUMENTED.add(client.models);
  const billing = billingOf(client, wiring.service);
  for (const billable of BILLABLE) {
    const name = billable.name in client.models ? billable.name : (billable.publicName ?? billable.name);
    replaceMethod(client.models, name, (method) => watched(method, { billable, billing, wiring }));
  }
  watchVideos(client, billing, wiring);
  watchBatches(client, billing, wiring);
}

interface Watching {
  readonly billable: BillableMethod;
  readonly billing: Billing;
  readonly wiring: ProviderWiring;
}

function watched(method: Method, { billable, billing, wiring }: Watching): Method {
  const { operation, format } = billable;
  return async function (parameters) {
    const model = bareModel(parameters.model);
    const call = wiring.recorder.begin({
      ...billing,
      operation,
      request: model === parameters.model ? parameters : { ...parameters, model },
      ...(format !== undefined && { format }),
      ...(model !== undefined && { model }),
    });
    const terms = call.admit();
    const sent = adapted(parameters, terms instanceof Promise ? await terms : terms);
    let answer: unknown;
    try {
      answer = await method.call(this, sent);
    } catch (error) {
      call.failed(error);
      throw error;
    }
    settle(call, answer, billable);
    return answer;
  };
}

function settle(call: MeteredCall, answer: unknown, { gatherer, read }: BillableMethod): void {
  if (gatherer !== undefined && watchGenerator(answer, call, gatherer())) return;
  call.succeeded(answer, read?.(answer));
}

function adapted(parameters: Parameters, { model, outputTokensMax }: CallTerms): Parameters {
  if (model === undefined && outputTokensMax === undefined) return parameters;
  return {
    ...parameters,
    ...(model !== undefined && { model }),
    ...(outputTokensMax !== undefined && {
      config: { ...parameters.config, maxOutputTokens: outputTokensMax },
    }),
  };
}
