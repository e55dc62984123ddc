import type { CallEnd, CallFormat, StreamGatherer } from "../../recording/call.ts";
import { ContentStream } from "./content-stream.ts";
import { GEMINI_CONTENT, GEMINI_EMBEDDINGS } from "./formats.ts";

/** A method that makes one request that is billed. */
export interface BillableMethod {
  readonly operation: string;
  readonly format?: CallFormat;
  readonly gatherer?: () => StreamGatherer;
  /** Of answers for which there is no format. */
  readonly read?: (answer: unknown) => CallEnd;
}

/**
 * By their public names. https://ai.google.dev/api ·
 * https://github.com/googleapis/js-genai/blob/main/src/models.ts
 */
export const BILLABLE: ReadonlyMap<string, BillableMethod> = new Map<string, BillableMethod>([
  ["generateContent", { operation: "generate_content", format: GEMINI_CONTENT }],
  [
    "generateContentStream",
    { operation: "generate_content", format: GEMINI_CONTENT, gatherer: () => new ContentStream() },
  ],
  ["embedContent", { operation: "embed_content", format: GEMINI_EMBEDDINGS }],
  ["generateImages", { operation: "generate_images", read: imagesOf }],
  ["editImage", { operation: "edit_image", read: imagesOf }],
  ["upscaleImage", { operation: "upscale_image", read: imagesOf }],
  ["recontextImage", { operation: "recontext_image", read: imagesOf }],
]);

interface Images {
  readonly generatedImages?: readonly { readonly image?: object }[];
}

/** Images that were filtered out cost nothing. https://ai.google.dev/gemini-api/docs/pricing */
function imagesOf(answer: unknown): CallEnd {
  const images = (answer as Images).generatedImages ?? [];
  return { reading: { usage: { image: images.filter(({ image }) => image !== undefined).length } } };
}
