import type { ProviderApi } from "../provider-api.ts";
import { type Exchange, jsonReply } from "../reply.ts";
import { MessageBatches } from "./batches.ts";
import { anthropicErrors } from "./errors.ts";
import { anthropicHeaders } from "./headers.ts";
import { createMessage } from "./messages.ts";

export function anthropicApi(): ProviderApi {
  const batches = new MessageBatches();
  return {
    name: "anthropic",
    errors: anthropicErrors,
    recognizes: ({ headers }) => headers["anthropic-version"] !== undefined,
    routes: {
      "POST /v1/messages": createMessage,
      "POST /v1/messages/count_tokens": ({ answer, ids }: Exchange) =>
        jsonReply(
          { input_tokens: answer.usage?.input ?? 0 },
          { ...anthropicHeaders(ids), ...answer.headers },
        ),
      ...batches.routes,
    },
    finishBatches: (end) => batches.finish(end),
  };
}
