import type { MetricInput, UsageFormatName } from "@ai-usage/client";
import type { Command } from "commander";
import { UsageError } from "../../failures.ts";
import { amount, keyValue, wholeNumber } from "../../parsers.ts";
import { instantOf, unitCounts } from "../../price-parsers.ts";
import { formatOption, responseOption } from "../options.ts";

/** Options that describe a call as far as its price depends on it. */
export interface CallFlags {
  readonly service?: string;
  readonly model?: string;
  readonly operation?: string;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly usage?: Readonly<Record<string, number>>;
  readonly tier?: string;
  readonly region?: string;
  readonly size?: string;
  readonly quality?: string;
  readonly resolution?: string;
  readonly at?: string;
  readonly calls?: number;
  readonly costUsd?: string;
  readonly billingAccount?: string;
  readonly volumeBefore?: number;
  readonly user?: string;
  readonly team?: string;
  readonly job?: string;
  readonly feature?: string;
  readonly environment?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly response?: string;
  readonly format?: UsageFormatName;
}

export type CallFields = Partial<MetricInput> & { readonly volume_before?: number };

export function addCallOptions(command: Command): Command {
  return command
    .option("--service <name>", "who bills it: openai, anthropic, google, …")
    .option("--model <name>", "the model that served it")
    .option("--operation <name>", "what it was, where the service has no models: place_details, …")
    .option("--input-tokens <n>", "tokens sent, none of them cached", wholeNumber(0))
    .option("--output-tokens <n>", "tokens received", wholeNumber(0))
    .option("--usage <unit=n>", "what else it used: cache_read=800, search=3; several times", unitCounts)
    .option("--tier <name>", "batch, flex, priority, fast, … (standard)")
    .option("--region <name>", "where it was served")
    .option("--size <text>", "of images or videos")
    .option("--quality <text>", "of images or videos")
    .option("--resolution <text>", "of images or videos")
    .option("--at <time>", "when: a day, or an ISO 8601 instant with an offset (now)", instantOf)
    .option("--calls <n>", "how many identical calls the usage is of (1)", wholeNumber(1))
    .option("--cost-usd <usd>", "the provider's own figure, which wins over the price book", amount)
    .option("--billing-account <id>", "whose month's volume counts, for prices by volume")
    .option(
      "--volume-before <n>",
      "how much of that month's volume came before (what was counted so far)",
      wholeNumber(0),
    )
    .option("--user <id>", "whose discounts count; the same for the next ones")
    .option("--team <name>")
    .option("--job <id>")
    .option("--feature <name>")
    .option("--environment <name>")
    .option("--metadata <name=value>", "for custom scopes; several times", keyValue)
    .addOption(responseOption().conflicts(["inputTokens", "outputTokens", "usage"]))
    .addOption(formatOption());
}

/** What the options say; what they leave open comes from `answer`, the provider's own. */
export function callFieldsOf(flags: CallFlags, answer: Partial<MetricInput> = {}): CallFields {
  const { tier, region, size, quality, resolution } = flags;
  const conditions = Object.entries({ tier, region, size, quality, resolution });
  const told = Object.fromEntries(conditions.filter(([, value]) => value !== undefined));
  const served = { ...answer.served, ...told };
  return {
    ...answer,
    service: flags.service ?? answer.service,
    model: answer.model ?? flags.model,
    operation: flags.operation,
    timestamp: flags.at,
    usage: answer.usage ?? usageOf(flags),
    ...(Object.keys(served).length > 0 && { served }),
    call_count: flags.calls,
    cost_usd: flags.costUsd ?? answer.cost_usd,
    billing_account: flags.billingAccount,
    volume_before: flags.volumeBefore,
    user_id: flags.user,
    team: flags.team,
    job_id: flags.job,
    feature: flags.feature,
    environment: flags.environment,
    metadata: flags.metadata,
  };
}

/** Tokens without a unit of their own are the plain ones. */
function usageOf({ inputTokens, outputTokens, usage = {} }: CallFlags): MetricInput["usage"] {
  const plain = [
    { unit: "input", option: "--input-tokens", quantity: inputTokens },
    { unit: "output", option: "--output-tokens", quantity: outputTokens },
  ].filter(({ quantity }) => quantity !== undefined);
  const twice = plain.find(({ unit }) => unit in usage);
  if (twice) throw new UsageError(`give ${twice.option} or --usage ${twice.unit}=…, not both`);
  return { ...Object.fromEntries(plain.map(({ unit, quantity }) => [unit, quantity])), ...usage };
}
