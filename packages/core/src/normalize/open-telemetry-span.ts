import { Answer } from "./answer.ts";
import { bedrockModelOf } from "./bedrock-model.ts";
import {
  type Reading,
  readingOf,
  servedConditions,
  type UsageFormat,
  withoutUndefined,
} from "./normalized-usage.ts";
import { attributesOf, withPrefix } from "./open-telemetry-attributes.ts";
import { serviceOfProvider } from "./open-telemetry-provider.ts";
import { placeOfReasoning } from "./reasoning-place.ts";
import { tierOf } from "./tier.ts";
import {
  type CacheWriteUnit,
  type InclusivePrompt,
  type ModalityCounts,
  splitOutput,
  splitPrompt,
} from "./token-split.ts";
import type { UnitCounts } from "./unit-counts.ts";

const USAGE = "gen_ai.usage.";

/**
 * The attributes of a GenAI span, by the names of now, of former versions of the conventions, and of instrumentations that
 * came before them. Cached and written tokens are inside the input, reasoning inside the output.
 *
 * https://github.com/open-telemetry/semantic-conventions-genai/blob/main/model/gen-ai/registry.yaml
 * https://github.com/open-telemetry/semantic-conventions-genai/pull/440 (`cache_creation` is now `cache_write`)
 * https://github.com/traceloop/openllmetry (`gen_ai.usage.prompt_tokens`, `gen_ai.usage.cache_read_input_tokens`)
 * https://github.com/getsentry/sentry-docs/pull/15195 (`gen_ai.usage.input_tokens.cached`)
 */
export const openTelemetrySpan: UsageFormat = { service: "unknown", read: readSpan };

function readSpan(span: Answer): Reading {
  const attributes = attributesOf(span.value);
  const named = new Answer(attributes, "", span.problems);
  const service = serviceOfProvider(named.word("gen_ai.provider.name", "gen_ai.system"));
  const asked = named.name("gen_ai.request.model");
  const ran = named.name("gen_ai.response.model") ?? asked;
  const bedrock = service === "bedrock" ? bedrockModelOf(ran) : undefined;
  const model = bedrock?.model ?? ran;
  return readingOf({
    service,
    model,
    requestId: named.name("gen_ai.response.id"),
    served: servedConditions({
      tier: tierOf(named.word("openai.response.service_tier", "gen_ai.openai.response.service_tier")),
      region: bedrock?.region ?? (service === "bedrock" ? bedrockModelOf(asked)?.region : undefined),
    }),
    requested: withoutUndefined({
      model: asked,
      tier: tierOf(named.word("openai.request.service_tier", "gen_ai.openai.request.service_tier")),
    }),
    usage: readUsage(usageOf(attributes, span), { service, model }).toUsage(),
    error: named.word("error.type"),
  });
}

/** Without the provider's own counts that some instrumentations add once more (`gen_ai.usage.details.…`). */
function usageOf(attributes: Readonly<Record<string, unknown>>, span: Answer): Answer {
  const usage = Object.entries(withPrefix(attributes, USAGE)).filter(
    ([name]) => !name.startsWith("details."),
  );
  return new Answer(Object.fromEntries(usage), USAGE.slice(0, -1), span.problems);
}

interface Served {
  readonly service: string | undefined;
  readonly model: string | undefined;
}

function readUsage(usage: Answer, served: Served): UnitCounts {
  const prompt = usage.count("input_tokens", "prompt_tokens");
  const completion = usage.count("output_tokens", "completion_tokens");
  const reasoning = usage.count("reasoning.output_tokens", "reasoning_tokens", "output_tokens.reasoning");
  usage.knows("text.input_tokens", "text.output_tokens");
  const total = usage.count("total_tokens");
  const place = placeOfReasoning(
    { total, prompt, completion, reasoning, usually: "inside" },
    usage.at("total_tokens"),
  );
  const output = splitOutput(
    {
      total: completion,
      audio: usage.count("audio.output_tokens"),
      image: usage.count("image.output_tokens"),
      video: usage.count("video.output_tokens"),
      ...(place === "inside" && { reasoning }),
    },
    usage.either("output_tokens", "completion_tokens"),
  );
  return splitPrompt(inclusivePrompt(usage, prompt, served), usage.either("input_tokens", "prompt_tokens"))
    .addAll(output)
    .add("reasoning", place === "outside" ? reasoning : undefined)
    .addAll(usage.unknownCounts());
}

/** An input smaller than what was cached of it can only be an input without that, whatever the conventions say. */
function inclusivePrompt(usage: Answer, prompt: number | undefined, served: Served): InclusivePrompt {
  const cached = usage.count(
    "cache_read.input_tokens",
    "cache_read_input_tokens",
    "input_tokens.cached",
    "cached_tokens",
  );
  const written = usage.count(
    "cache_write.input_tokens",
    "cache_creation.input_tokens",
    "cache_creation_input_tokens",
    "input_tokens.cache_write",
  );
  const inCache = (cached ?? 0) + (written ?? 0);
  const isApart = prompt !== undefined && inCache > prompt;
  if (isApart)
    usage.report(
      `${usage.path}.input_tokens is ${prompt}: taken to be without ${inCache} tokens of the cache`,
    );
  return {
    total: isApart ? prompt + inCache : prompt,
    parts: {
      image: usage.count("image.input_tokens"),
      video: usage.count("video.input_tokens"),
      audio: usage.count("audio.input_tokens"),
    },
    cached,
    cachedParts: cachedParts(usage),
    written: { [writeUnit(served)]: written },
  };
}

function cachedParts(usage: Answer): ModalityCounts {
  const counts: Partial<Record<keyof ModalityCounts, number>> = {};
  for (const modality of ["text", "image", "video", "audio"] as const) {
    const count = usage.count(`${modality}.cache_read.input_tokens`);
    if (count !== undefined) counts[modality] = count;
  }
  return counts;
}

/** No attribute tells how long what was written is kept: what is usual with the provider. */
function writeUnit({ service, model }: Served): CacheWriteUnit {
  const isOpenAI = service === "openai" || service === "azure" || /(^|[./])(gpt|o\d)-/.test(model ?? "");
  return isOpenAI ? "cache_write_30m" : "cache_write_5m";
}
