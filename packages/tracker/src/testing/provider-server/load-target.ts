import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { completeAnswer } from "./answer.ts";
import { Ids } from "./ids.ts";
import { type Listener, listen } from "./listener.ts";
import { createChatCompletion } from "./openai/chat.ts";
import type { Reply } from "./reply.ts";

/** Of the length of an answer's own, and found nowhere else in it. */
const PLACE = `chatcmpl-${"_".repeat(29)}`;

/** A reply in pieces: the id goes between them. */
interface Precomputed {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly pieces: readonly string[];
}

/**
 * Chat completions, plain and streamed, as the provider server answers them, but made once for each kind of request and
 * with nothing kept: for benchmarks, whose client is what is measured. Each answer has an id of its own.
 */
export function startLoadTarget(port = 0): Promise<Listener> {
  const ids = new Ids();
  const known = new Map<string, Precomputed>();
  return listen(port, (incoming, response) => {
    const parts: Buffer[] = [];
    incoming.on("data", (part: Buffer) => parts.push(part));
    incoming.on("end", () => {
      const body = parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
      const kind = kindOf(body);
      let reply = known.get(kind);
      if (!reply) {
        reply = precomputed(incoming, body, ids);
        known.set(kind, reply);
      }
      const headers = { ...reply.headers, "x-request-id": ids.nextHex("req_", 32) };
      response.writeHead(reply.status, headers);
      response.end(reply.pieces.join(randomId()));
    });
  });
}

/**
 * What an answer depends on, found without parsing: inside of a prompt the quotes would be escaped. Every request names
 * its model with no space after the colon, as SDKs do.
 */
function kindOf(body: Buffer): string {
  const from = body.indexOf('"model":"');
  const model = from < 0 ? "" : body.toString("latin1", from + 9, body.indexOf('"', from + 9));
  return `${model} ${body.includes('"stream":true')} ${body.includes('"include_usage":true')}`;
}

/** Of random letters, as the provider's are: what cannot be packed would else look as if it could. */
const randomId = (): string => `chatcmpl-${randomBytes(22).toString("base64url").slice(0, 29)}`;

/** As the provider says it: https://developers.openai.com/api/docs/guides/error-codes */
const NO_SUCH_MODEL =
  '{"error":{"message":"The model does not exist","type":"invalid_request_error","code":"model_not_found"}}';

function precomputed(incoming: IncomingMessage, body: Buffer, ids: Ids): Precomputed {
  if (body.includes('"model":"no-such-model"'))
    return { status: 404, headers: { "content-type": "application/json" }, pieces: [NO_SUCH_MODEL] };
  const reply: Reply = createChatCompletion({
    request: {
      method: "POST",
      path: incoming.url ?? "/",
      query: new URLSearchParams(),
      headers: incoming.headers,
      body: JSON.parse(body.toString("utf8")),
      ended: Promise.resolve("answered"),
    },
    answer: completeAnswer({}),
    ids: { next: () => PLACE, nextHex: (prefix, length) => ids.nextHex(prefix, length) },
    url: "",
    parameters: [],
  });
  const text = reply.chunks.join("");
  const length = reply.streamed ? undefined : { "content-length": String(Buffer.byteLength(text)) };
  return { status: reply.status, headers: { ...reply.headers, ...length }, pieces: text.split(PLACE) };
}
