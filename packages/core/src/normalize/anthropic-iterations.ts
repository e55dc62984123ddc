import type { ModelUsage } from "../metric.ts";
import type { Answer } from "./answer.ts";
import { type AnthropicTokens, addTokens, anthropicFields, readTokens, unitsOf } from "./anthropic-tokens.ts";
import { totalOf, UnitCounts } from "./unit-counts.ts";

export interface Iterations {
  /** What the serving model used for the message itself. */
  readonly own: AnthropicTokens;
  /** What ran beside it: advisors, attempts of models that declined, the summing up of a context that was too long. */
  readonly others: readonly ModelUsage[];
}

interface Iteration {
  readonly kind: string | undefined;
  readonly model: string | undefined;
  readonly tokens: AnthropicTokens;
  readonly unknown: UnitCounts;
}

/** Kinds of iterations that the top of the usage object leaves out, even where the serving model ran them. */
const APART = ["advisor_message", "compaction"];

/**
 * Takes apart what several models, or one model several times, used for one message.
 *
 * The top of the usage object is the sum of the serving model's own iterations. It leaves out
 * - attempts of models that declined before it (https://github.com/ccusage/ccusage/issues/1552),
 * - advisors (https://github.com/ccusage/ccusage/issues/1115),
 * - compaction (https://platform.claude.com/docs/en/build-with-claude/compaction#understanding-usage).
 *
 * An attempt that was declined before any output is not billed, and is left out here too:
 * https://github.com/anthropics/claude-cookbooks/blob/main/fable_5_fallback_billing/guide.ipynb (section 4).
 *
 * @param model the one that served the message
 */
export function readIterations(usage: Answer, model: string | undefined): Iterations {
  const top = readTokens(usage);
  const iterations = usage.at("iterations").items().map(readIteration);
  const isOwn = ({ kind = "", model: ran }: Iteration) =>
    kind === "fallback_message" || (!APART.includes(kind) && (ran === undefined || isSameModel(ran, model)));
  const own = iterations.filter(isOwn).map(({ tokens }) => tokens);
  return {
    own: own.length === 0 ? top : fuller(top, own.reduce(addTokens), usage),
    others: usagesByModel(
      iterations.filter((one) => !isOwn(one) && isBilled(one)),
      model,
      usage,
    ),
  };
}

function readIteration(item: Answer): Iteration {
  return {
    kind: item.word("type"),
    model: item.name("model"),
    tokens: readTokens(item),
    unknown: item.unknownCounts(),
  };
}

/** A name with the date of a snapshot, and without it, are one model. */
function isSameModel(a: string, b: string | undefined): boolean {
  const bare = (name: string) => name.replace(/-\d{8}$/, "");
  return b === undefined || bare(a) === bare(b);
}

function isBilled({ kind, tokens }: Iteration): boolean {
  return kind !== "message" || totalOf(tokens.output) > 0;
}

/** Some versions of the API told no more than the first iteration at the top; iterations in turn may lack a count. */
function fuller(top: AnthropicTokens, sum: AnthropicTokens, usage: Answer): AnthropicTokens {
  const better = { ...top };
  for (const field of anthropicFields) {
    const told = totalOf(top[field]);
    const added = totalOf(sum[field]);
    if (added > told) better[field] = sum[field];
    if (added < told && Object.keys(sum[field]).length > 0) {
      usage.report(`${usage.path}.iterations have ${added} ${field} tokens, and the message ${told}`);
    }
  }
  return better;
}

/** One entry for a model and a kind: how long a prompt is, is for each a matter of its own. */
function usagesByModel(
  iterations: readonly Iteration[],
  servingModel: string | undefined,
  usage: Answer,
): ModelUsage[] {
  const byKey = new Map<string, { model: string; units: UnitCounts }>();
  for (const { kind, model = servingModel, tokens, unknown } of iterations) {
    if (model === undefined) {
      usage.report(`${usage.path}.iterations has tokens of a model that is not named; they are left out`);
      continue;
    }
    const key = `${kind === "advisor_message" || kind === "compaction" ? kind : "message"} ${model}`;
    const entry = byKey.get(key) ?? { model, units: new UnitCounts() };
    entry.units.addAll(unitsOf(tokens)).addAll(unknown);
    byKey.set(key, entry);
  }
  return [...byKey.values()].map(({ model, units }) => ({ model, usage: units.toUsage() }));
}
