import type { Answer } from "./answer.ts";
import { placeOfReasoning } from "./reasoning-place.ts";
import { type Modality, type ModalityCounts, splitOutput, splitPrompt } from "./token-split.ts";
import { UnitCounts } from "./unit-counts.ts";

/** A document is read as images of its pages. */
const modalityNames: Readonly<Record<string, Modality>> = {
  MODALITY_UNSPECIFIED: "text",
  TEXT: "text",
  IMAGE: "image",
  DOCUMENT: "image",
  VIDEO: "video",
  AUDIO: "audio",
};

interface ModalityDetails {
  readonly counts: ModalityCounts;
  /** Of kinds that nobody knows. */
  readonly unknown: UnitCounts;
}

/**
 * Gemini's usage metadata, of AI Studio and of Vertex AI. Cached content is inside the prompt; what tools brought is a
 * prompt beside it; thoughts are beside the candidates.
 *
 * https://ai.google.dev/api/generate-content#UsageMetadata
 * https://github.com/googleapis/js-genai (src/types.ts, GenerateContentResponseUsageMetadata and UsageMetadata)
 */
export function readGeminiTokens(metadata: Answer): UnitCounts {
  // What came before the answer was continued, inside the prompt.
  metadata.knows("initialPromptTokenCount");
  const prompt = metadata.count("promptTokenCount");
  const tools = metadata.count("toolUsePromptTokenCount");
  const candidates = metadata.count("candidatesTokenCount", "responseTokenCount");
  const reasoning = metadata.count("thoughtsTokenCount");
  const place = placeOfReasoning(
    {
      total: metadata.count("totalTokenCount"),
      prompt: prompt === undefined ? undefined : prompt + (tools ?? 0),
      // A model that only thought, or was cut off, has no candidates.
      completion: candidates ?? 0,
      reasoning,
      usually: "outside",
    },
    metadata.at("totalTokenCount"),
  );
  const output = details(metadata.either("candidatesTokensDetails", "responseTokensDetails"));
  const { audio, image, video } = output.counts;
  const split = splitOutput(
    { total: candidates, audio, image, video, ...(place === "inside" && { reasoning }) },
    metadata.either("candidatesTokenCount", "responseTokenCount"),
  );
  return promptUnits(metadata, prompt)
    .addAll(toolUnits(metadata, tools))
    .addAll(split)
    .add("reasoning", place === "outside" ? reasoning : undefined)
    .addAll(output.unknown)
    .addAll(metadata.unknownCounts());
}

function promptUnits(metadata: Answer, total: number | undefined): UnitCounts {
  const parts = details(metadata.either("promptTokensDetails", "promptTokenDetails"));
  const cache = details(metadata.at("cacheTokensDetails"));
  const { image, video, audio } = parts.counts;
  const ofCache = Object.values(cache.counts);
  const cached =
    metadata.count("cachedContentTokenCount") ??
    (ofCache.length > 0 ? ofCache.reduce((sum, count) => sum + count, 0) : undefined);
  return splitPrompt(
    { total, parts: { image, video, audio }, cached, cachedParts: cache.counts },
    metadata.at("promptTokenCount"),
  )
    .addAll(parts.unknown)
    .addAll(cache.unknown);
}

function toolUnits(metadata: Answer, total: number | undefined): UnitCounts {
  const parts = details(metadata.at("toolUsePromptTokensDetails"));
  const { image, video, audio } = parts.counts;
  const where = metadata.at("toolUsePromptTokenCount");
  return splitPrompt({ total, parts: { image, video, audio } }, where).addAll(parts.unknown);
}

/** `[{"modality": "TEXT", "tokenCount": 258}, …]` */
function details(list: Answer): ModalityDetails {
  const counts: Partial<Record<Modality, number>> = {};
  const unknown = new UnitCounts();
  for (const item of list.items()) {
    const count = item.count("tokenCount");
    const name = item.word("modality") ?? "MODALITY_UNSPECIFIED";
    const modality = Object.hasOwn(modalityNames, name) ? modalityNames[name] : undefined;
    if (count === undefined) continue;
    if (modality === undefined) unknown.add("x_modality_tokens", count === 0 ? undefined : count);
    else counts[modality] = (counts[modality] ?? 0) + count;
  }
  return { counts, unknown };
}
