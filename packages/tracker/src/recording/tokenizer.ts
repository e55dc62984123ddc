/** Counts the tokens of a text as a model of OpenAI does. */
export type CountTokens = (text: string) => number;

type Encoding = "o200k_base" | "cl100k_base";

interface EncodingModule {
  countTokens(text: string, options: { disallowedSpecial: Set<string> }): number;
}

/** Models before GPT-4o, and embeddings: https://github.com/openai/tiktoken/blob/main/tiktoken/model.py */
const OLDER = /^(gpt-4(?!o|\.1|\.5)|gpt-3\.5|text-embedding|davinci|babbage)/;
/** By nobody else than OpenAI; others' tokens are about as long as the estimate without a tokenizer says. */
const OPENAI = /^(ft:)?(gpt|chatgpt|o\d|text-embedding|davinci|babbage|codex|computer-use)/;

const counters = new Map<Encoding, CountTokens | "loading" | "missing">();
const NOTHING_SPECIAL = { disallowedSpecial: new Set<string>() };

/**
 * The package `gpt-tokenizer`, if the application has it. It is a megabyte of tables and takes a while to load, so that is
 * begun when something has to be estimated for the first time; until it is there, nothing is returned.
 */
export function tokenizerOf(model: string | undefined): CountTokens | undefined {
  if (model === undefined || !OPENAI.test(model)) return undefined;
  const encoding: Encoding = OLDER.test(model.replace(/^ft:/, "")) ? "cl100k_base" : "o200k_base";
  const counter = counters.get(encoding);
  if (counter === undefined) void loadTokenizer(encoding);
  return typeof counter === "function" ? counter : undefined;
}

/** @returns whether it is there now */
export async function loadTokenizer(encoding: Encoding): Promise<boolean> {
  counters.set(encoding, "loading");
  try {
    // Not as a literal: bundlers would look for a package that need not be there.
    const name: string = `gpt-tokenizer/encoding/${encoding}`;
    const { countTokens } = (await import(name)) as EncodingModule;
    counters.set(encoding, (text) => countTokens(text, NOTHING_SPECIAL));
    return true;
  } catch {
    counters.set(encoding, "missing");
    return false;
  }
}
