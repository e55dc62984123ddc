import type { Answer } from "./answer.ts";
import { type BedrockModel, bedrockModelOf } from "./bedrock-model.ts";
import {
  type Call,
  type Reading,
  readingOf,
  servedConditions,
  type UsageFormat,
} from "./normalized-usage.ts";
import { tierIn } from "./tier.ts";
import type { CacheWriteUnit } from "./token-split.ts";
import { totalOf, UnitCounts } from "./unit-counts.ts";

const writeUnits: Readonly<Record<string, CacheWriteUnit>> = {
  "5m": "cache_write_5m",
  "30m": "cache_write_30m",
  "1h": "cache_write_1h",
  "12h": "cache_write_12h",
};

/**
 * An answer of Converse, or the `metadata` event at the end of ConverseStream. It names no model: the request, or a prompt
 * router's trace, does. Cached and written tokens are beside `inputTokens`, and in the total.
 *
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_TokenUsage.html
 * https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html
 */
export const bedrockConverse: UsageFormat = { service: "bedrock", read: readConverse };

function readConverse(answer: Answer, { request }: Call): Reading {
  // The SDK's stream has the event under its name.
  const message = answer.at("metadata").at("usage").isPresent() ? answer.at("metadata") : answer;
  const routed = message.at("trace").at("promptRouter").name("invokedModelId");
  const model = bedrockModelOf(routed ?? request.name("modelId", "model"));
  const usage = message.at("usage");
  const stop = message.word("stopReason");
  return readingOf({
    model: model?.model,
    served: servedConditions({
      tier: model?.isProvisioned ? "provisioned" : tierIn(message, "serviceTier"),
      region: model?.region,
    }),
    usage: readTokens(usage, model).toUsage(),
    refusal:
      stop === "refusal" ? (usage.count("outputTokens") ? "after_output" : "before_output") : undefined,
  });
}

function readTokens(usage: Answer, model: BedrockModel | undefined): UnitCounts {
  const input = usage.count("inputTokens");
  const output = usage.count("outputTokens");
  const read = usage.count("cacheReadInputTokens", "cacheReadInputTokenCount");
  const writes = readWrites(usage);
  const cached = (read ?? 0) + totalOf(writes.toUsage());
  return new UnitCounts()
    .add(
      "input",
      input === undefined ? undefined : plainInput({ usage, model, input, output: output ?? 0, cached }),
    )
    .add("cache_read", read)
    .addAll(writes)
    .add("output", output)
    .addAll(usage.unknownCounts());
}

/** Written tokens by the life of what is written, five minutes where it is not told. */
function readWrites(usage: Answer): UnitCounts {
  const written = usage.count("cacheWriteInputTokens", "cacheWriteInputTokenCount");
  const units = new UnitCounts();
  let told = 0;
  for (const detail of usage.at("cacheDetails").items()) {
    const count = detail.count("inputTokens");
    const life = detail.word("ttl") ?? "5m";
    const unit = Object.hasOwn(writeUnits, life) ? writeUnits[life] : undefined;
    units.add(unit ?? "x_cache_write_tokens", count);
    told += count ?? 0;
  }
  if (written === undefined) return units;
  if (told > written)
    usage.report(`${usage.path}.cacheWriteInputTokens is ${told - written} less than its details`);
  return told > 0 && told >= written ? units : units.add("cache_write_5m", written - told);
}

interface PlainInput {
  readonly usage: Answer;
  readonly model: BedrockModel | undefined;
  readonly input: number;
  readonly output: number;
  readonly cached: number;
}

/** Makers whose models are known to be counted as the documentation says. */
const DOCUMENTED = ["amazon", "anthropic"];

/**
 * Input tokens without cached ones. Of some other makers' models Bedrock counts those inside `inputTokens` after all. The
 * total tells, if it was made without them a second time; if not, nothing tells, and the problems say so.
 *
 * https://github.com/earendil-works/pi/issues/8752
 * https://github.com/maximhq/bifrost/pull/6942
 */
function plainInput({ usage, model, input, output, cached }: PlainInput): number {
  const total = usage.count("totalTokens");
  const isInDoubt = cached > 0 && input >= cached && !DOCUMENTED.includes(model?.maker ?? "");
  if (isInDoubt && total === input + output) return input - cached;
  if (isInDoubt)
    usage.report(`${usage.path}.inputTokens may have the ${cached} cached tokens in it once more`);
  const sum = input + cached + output;
  if (total !== undefined && total !== sum) {
    usage.report(`${usage.path}.totalTokens is ${total}, and its parts add up to ${sum}`);
  }
  return input;
}
