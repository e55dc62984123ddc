import { gunzipSync } from "node:zlib";
import { BODY_BYTES_MAX, fieldProblem, ProblemError } from "@ai-usage/wire";

/** A body as it came, with what its header says of how it is packed. */
export interface PackedBody {
  readonly contentEncoding?: string;
  readonly bytes: Uint8Array;
}

/**
 * The body of a request of any media type, unpacked: at most `BODY_BYTES_MAX` bytes.
 * @throws ProblemError when it is larger, packed in another way than gzip, or no gzip though it says so
 */
export function inflatedBody({ contentEncoding = "", bytes }: PackedBody): Uint8Array {
  if (!/^(identity|gzip|x-gzip)?$/i.test(contentEncoding)) {
    throw new ProblemError(415, "content-encoding must be gzip or identity");
  }
  if (bytes.byteLength > BODY_BYTES_MAX) throw tooLarge();
  return /gzip/i.test(contentEncoding) ? inflate(bytes) : bytes;
}

function inflate(bytes: Uint8Array): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: BODY_BYTES_MAX });
  } catch (error) {
    // Inflating stops at the limit, so that a few bytes cannot become gigabytes.
    if (error instanceof RangeError) throw tooLarge();
    throw fieldProblem("(body)", "must be gzip, as its content-encoding says");
  }
}

const tooLarge = () =>
  new ProblemError(413, `the body must have at most ${BODY_BYTES_MAX} bytes, send it in several requests`);
