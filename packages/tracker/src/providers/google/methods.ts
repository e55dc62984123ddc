import type { UsageFormatName } from "@ai-usage/core/normalize";
import type { CallEnd } from "../../recording/call.ts";
import type { StreamGatherer } from "../stainless/endpoints.ts";
import { ContentStream } from "./content-stream.ts";

/** A method that makes one request that is billed. */
export interface BillableMethod {
  readonly name: string;
  /** The method that is called by applications, for versions of the SDK without the other. */
  readonly publicName?: string;
  readonly operation: string;
  readonly format?: UsageFormatName;
  readonly gatherer?: () => StreamGatherer;
  /** Of answers for which there is no format. */
  readonly read?: (answer: unknown) => CallEnd;
}

/** https://ai.google.dev/api · https://github.com/googleapis/js-genai/blob/main/src/models.ts */
export const BILLABLE: readonly BillableMethod[] = [
  {
    name: "generateContentInternal",
    publicName: "generateContent",
    operation: "generate_content",
    format: "gemini.generate_content",
  },
  {
    name: "generateContentStreamInternal",
    publicName: "generateContentStream",
    operation: "generate_content",
    format: "gemini.generate_content",
    gatherer: () => new ContentStream(),
  },
  {
    name: "embedContentInternal",
    publicName: "embedContent",
    operation: "embed_content",
    format: "gemini.embeddings",
  },
  {
    name: "generateImagesInternal",
    publicName: "generateImages",
    operation: "generate_images",
    read: imagesOf,
  },
  { name: "editImageInternal", publicName: "editImage", operation: "edit_image", read: imagesOf },
  { name: "upscaleImageInternal", publicName: "upscaleImage", operation: "upscale_image", read: imagesOf },
  { name: "recontextImage", operation: "recontext_image", read: imagesOf },
];

interface Images {
  readonly generatedImages?: readonly { readonly image?: object }[];
}

/** Images that were filtered out cost nothing. https://ai.google.dev/gemini-api/docs/pricing */
function imagesOf(answer: unknown): CallEnd {
  const images = (answer as Images).generatedImages ?? [];
  return { reading: { usage: { image: images.filter(({ image }) => image !== undefined).length } } };
}
