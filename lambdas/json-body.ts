import { fieldProblem, ProblemError } from "@ai-usage/wire";
import { inflatedBody, type PackedBody } from "./request-body.ts";

/** The body of a request as it came, with what its headers say of it. */
export interface RequestBody extends PackedBody {
  readonly contentType?: string;
}

/** @throws ProblemError when the body is too large, in another encoding, or no JSON */
export function parseJsonBody({ contentType, contentEncoding, bytes }: RequestBody): unknown {
  if (!/^application\/json\s*(;\s*charset="?utf-8"?\s*)?$/i.test(contentType ?? "application/json")) {
    throw new ProblemError(415, "content-type must be application/json, in UTF-8");
  }
  const text = decodeUtf8(inflatedBody({ contentEncoding, bytes }));
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the body, which may hold what nobody but the sender should read.
    throw fieldProblem("(body)", "must be JSON");
  }
}

/** What a decoder puts for bytes that are no UTF-8: a gateway that decodes before us leaves this and no other trace. */
const REPLACEMENT = "\ufffd";

function decodeUtf8(bytes: Uint8Array): string {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    if (!text.includes(REPLACEMENT)) return text;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
  throw fieldProblem("(body)", "must be UTF-8");
}
