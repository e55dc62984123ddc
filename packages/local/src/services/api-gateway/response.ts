import * as z from "zod";
import type { InvokeResult } from "../../engine/index.ts";

const headerValue = z.union([z.string(), z.number(), z.boolean()]).transform(String);

const structured = z.object({
  statusCode: z.coerce.number().int().min(100).max(599),
  headers: z.record(z.string(), headerValue).nullish(),
  cookies: z.array(z.string()).nullish(),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().nullish(),
});

/** API Gateway's own answers, in its own words. */
export function gatewayAnswer(status: number, message: string): Response {
  return Response.json({ message }, { status });
}

/** Payload format 2.0: an object with a `statusCode` is a response, anything else is the JSON body of a 200. */
export function toResponse(result: InvokeResult): Response {
  const { payload } = result;
  if (result.functionError !== undefined || payload === null)
    return gatewayAnswer(500, "Internal Server Error");
  if (typeof payload !== "object" || !("statusCode" in payload)) return Response.json(payload);

  const parsed = structured.safeParse(payload);
  if (!parsed.success) return gatewayAnswer(500, "Internal Server Error");
  const { statusCode, headers, cookies, body, isBase64Encoded } = parsed.data;
  const answer = new Headers(Object.entries(headers ?? {}));
  for (const cookie of cookies ?? []) answer.append("set-cookie", cookie);
  const bodyless = statusCode === 204 || statusCode === 304;
  const bytes = isBase64Encoded ? Buffer.from(body ?? "", "base64") : (body ?? "");
  if (!bodyless && !answer.has("content-type")) answer.set("content-type", "text/plain;charset=utf-8");
  return new Response(bodyless ? null : bytes, { status: statusCode, headers: answer });
}
