import { type Exchange, eventStreamReply, jsonReply, type Reply } from "../reply.ts";
import { openAIHeaders } from "./headers.ts";
import { imageUsage } from "./usage.ts";

/** One transparent pixel. */
const PNG =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/**
 * DALL·E models answer with links and tell of no usage; those after them with the bytes and their tokens.
 * Source: https://developers.openai.com/api/docs/api-reference/images/object
 */
export function createImages({ request, answer, ids }: Exchange): Reply {
  const { body } = request;
  const headers = { ...openAIHeaders(ids), ...answer.headers };
  const created = Math.floor(Date.now() / 1_000);
  const older = String(body.model ?? "dall-e-2").startsWith("dall-e");
  if (older) {
    const data = imagesOf(body.n).map(() => ({
      url: "https://example.com/img.png",
      revised_prompt: "A fox",
    }));
    return jsonReply({ created, data, ...answer.body }, headers);
  }
  const look = {
    background: "opaque",
    output_format: "png",
    quality: body.quality ?? "medium",
    size: body.size ?? "1024x1024",
  };
  const usage = answer.usage && { usage: imageUsage(answer.usage) };
  if (body.stream === true || body.stream === "true") {
    const event = { b64_json: PNG, created_at: created, ...look };
    return eventStreamReply(
      [
        { type: "image_generation.partial_image", partial_image_index: 0, ...event },
        { type: "image_generation.completed", ...event, ...usage, ...answer.body },
      ].map((one) => `event: ${one.type}\ndata: ${JSON.stringify(one)}\n\n`),
      headers,
    );
  }
  const data = imagesOf(body.n).map(() => ({ b64_json: PNG }));
  return jsonReply({ created, data, ...look, ...usage, ...answer.body }, headers);
}

const imagesOf = (n: unknown): unknown[] => Array.from({ length: Number(n ?? 1) });
