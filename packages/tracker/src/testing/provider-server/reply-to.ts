import { completeAnswer } from "./answer.ts";
import type { Behaviour, ErrorBehaviour } from "./behaviour.ts";
import type { IdSource } from "./ids.ts";
import type { FoundRoute, Router } from "./provider-api.ts";
import type { ReceivedRequest } from "./received-request.ts";
import { Refusal, type Reply } from "./reply.ts";

export interface Asked {
  readonly request: ReceivedRequest;
  readonly behaviour: Behaviour;
  readonly router: Router;
  readonly ids: IdSource;
  readonly url: string;
}

/** All that there is to send; how much of it goes out is the behaviour's affair. */
export function replyTo(asked: Asked): Reply {
  const { request, behaviour, router, ids } = asked;
  const found = router.find(request);
  const { errors } = found?.api ?? router.apiFor(request);
  if (behaviour.kind === "error") return errors.reply(behaviour, ids);
  if (!found) return errors.reply(unknownPath(request), ids);
  try {
    const reply = answerOf(asked, found);
    return behaviour.kind === "stream_error" ? withError(reply, behaviour, found, ids) : reply;
  } catch (error) {
    const refused = error instanceof Refusal ? error.error : brokenServer(error);
    return errors.reply(refused, ids);
  }
}

function answerOf({ request, behaviour, ids, url }: Asked, { route, parameters }: FoundRoute): Reply {
  const answer = completeAnswer("status" in behaviour || behaviour.kind === "silence" ? {} : behaviour);
  return route({ request, answer, ids, url, parameters });
}

function withError(
  reply: Reply,
  { afterChunks, error }: Extract<Behaviour, { kind: "stream_error" }>,
  { api }: FoundRoute,
  ids: IdSource,
): Reply {
  const told: ErrorBehaviour = { kind: "error", status: 500, ...error };
  const chunk = reply.errorChunk?.(told, afterChunks) ?? api.errors.chunk(told, ids);
  return { ...reply, chunks: [...reply.chunks.slice(0, afterChunks), chunk] };
}

const unknownPath = ({ method, path }: ReceivedRequest): ErrorBehaviour => ({
  kind: "error",
  status: 404,
  message: `Unknown request URL: ${method} ${path}`,
});

/** A mistake of this server, or of the test: better read in the client's error than lost. */
const brokenServer = (error: unknown): ErrorBehaviour => ({
  kind: "error",
  status: 500,
  message: `The provider server failed: ${error}`,
});
