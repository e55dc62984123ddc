import type { ProviderApi } from "../provider-api.ts";
import { converse, converseStream } from "./converse.ts";
import { bedrockErrors } from "./errors.ts";
import { invokeModel, invokeModelWithResponseStream } from "./invoke.ts";

export function bedrockApi(): ProviderApi {
  return {
    name: "bedrock",
    errors: bedrockErrors,
    recognizes: ({ path }) => path.startsWith("/model/"),
    routes: {
      "POST /model/*/converse": converse,
      "POST /model/*/converse-stream": converseStream,
      "POST /model/*/invoke": invokeModel,
      "POST /model/*/invoke-with-response-stream": invokeModelWithResponseStream,
    },
  };
}
