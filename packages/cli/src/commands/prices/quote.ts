import type { MetricInput } from "@ai-usage/client";
import type { Command } from "commander";
import type { CommandContext } from "../../context.ts";
import { UsageError } from "../../failures.ts";
import { readAnswers } from "../../provider-answer.ts";
import { renderQuote } from "../../render/quote.ts";
import { type JsonFlag, jsonOption, withExamples } from "../options.ts";
import { addCallOptions, type CallFlags, callFieldsOf } from "./call-options.ts";

type QuoteFlags = CallFlags & JsonFlag;

export function addQuoteCommand(prices: Command, context: CommandContext): void {
  const command = prices
    .command("quote")
    .description("Say what a call costs and why, line by line. Nothing is recorded.");
  addCallOptions(command)
    .addOption(jsonOption())
    .action((flags: QuoteFlags) => quote(flags, context));
  withExamples(
    command,
    "prices quote --service openai --model gpt-4o --input-tokens 1200 --output-tokens 300",
    "prices quote --service anthropic --model claude-sonnet-4-5 --usage input=900 --usage cache_read=50000 --tier batch",
    "prices quote --service openai --model gpt-4 --input-tokens 1000 --at 2024-03-01",
    "prices quote --response answer.json",
  );
}

async function quote({ json, ...flags }: QuoteFlags, context: CommandContext): Promise<void> {
  const client = context.connect();
  const fields = callFieldsOf(flags, await answerOf(flags, context));
  const { service, model, operation } = fields;
  if (service === undefined) throw new UsageError("give --service, or --response with a provider's answer");
  if (model === undefined && operation === undefined) throw new UsageError(namelessText(flags));
  const call = { ...fields, service };
  const answer = await client.quote(call);
  if (json) return context.printJson(answer);
  context.print(renderQuote(call, answer, context.style));
}

/** A Bedrock answer has no model in it; one that was read in the wrong format has none either. */
function namelessText({ response, format }: CallFlags): string {
  if (response === undefined) return "give --model, or --operation where the service has no models";
  return format === undefined
    ? "the answer names no model: give --model"
    : `the answer names no model when read as ${format}: give --model, or another --format`;
}

async function answerOf(
  { response: file, format, service, model, region }: CallFlags,
  context: CommandContext,
): Promise<Partial<MetricInput> | undefined> {
  if (file === undefined) {
    if (format !== undefined) throw new UsageError("--format is of the answer that --response names");
    return undefined;
  }
  let found: Partial<MetricInput> | undefined;
  for await (const { format: read, fields } of readAnswers(
    { file, format, service, model, region },
    context,
  )) {
    if (found) throw new UsageError(`${file} holds several answers: a quote is of one`);
    if (format === undefined) context.note(`read as ${read}, billed by ${fields.service}`);
    const { request_id: _, ...priced } = fields;
    found = priced;
  }
  if (!found) throw new UsageError(`${file} holds no answer`);
  return found;
}
