import { EventStreamCodec } from "@smithy/eventstream-codec";
import type { Reply } from "../reply.ts";

const codec = new EventStreamCodec(
  (bytes) => (typeof bytes === "string" ? bytes : Buffer.from(bytes).toString("utf8")),
  (text) => new Uint8Array(Buffer.from(text, "utf8")),
);

/** Source: https://smithy.io/2.0/aws/amazon-eventstream.html */
export const eventMessage = (type: string, body: object): Uint8Array =>
  message({ ":event-type": type, ":content-type": "application/json", ":message-type": "event" }, body);

export const exceptionMessage = (type: string, body: object): Uint8Array =>
  message(
    { ":exception-type": type, ":content-type": "application/json", ":message-type": "exception" },
    body,
  );

function message(headers: Readonly<Record<string, string>>, body: object): Uint8Array {
  const typed = Object.entries(headers).map(([name, value]) => [name, { type: "string" as const, value }]);
  return codec.encode({
    headers: Object.fromEntries(typed),
    body: new Uint8Array(Buffer.from(JSON.stringify(body))),
  });
}

export const bedrockStreamReply = (
  chunks: readonly Uint8Array[],
  headers: Readonly<Record<string, string>>,
): Reply => ({
  status: 200,
  headers: { "content-type": "application/vnd.amazon.eventstream", ...headers },
  chunks,
  streamed: true,
});
