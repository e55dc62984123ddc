import type { CallStart } from "./call.ts";
import { REQUEST_MEMBERS, readTexts } from "./request-texts.ts";
import { TextSize } from "./text-size.ts";
import { tokenizerOf } from "./tokenizer.ts";

/** What providers put around each message, and around all of them. */
const AROUND_MESSAGE = 4;
const AROUND_ALL = 3;
/** Between what a small picture and a large one come to; nobody can tell from a link. */
const PICTURE = 1_000;
/** Counting takes time: of a longer text the rest counts like its beginning. */
const COUNTED_CHARACTERS = 20_000;

export const canEstimate = ({ format }: CallStart): boolean => format?.tokens !== undefined;

/**
 * An answer in the shape of the call's format that tells a usage which was counted here: the tokens of the request's texts,
 * by the model's own tokenizer where there is one, and the output by how long it was.
 *
 * @param known what the answer told, its usage too as far as that goes: what it tells is not counted again
 */
export function estimatedAnswer(
  start: CallStart,
  known: Readonly<Record<string, unknown>>,
  output: TextSize,
): Record<string, unknown> {
  const { input: inputName, output: outputName } = start.format?.tokens ?? { input: "", output: "" };
  const told = (known.usage ?? {}) as Readonly<Record<string, unknown>>;
  const toldOutput = told[outputName];
  const written = outputTokens(start, output);
  return {
    ...known,
    usage: {
      ...told,
      [inputName]: told[inputName] ?? estimatedInput(start),
      [outputName]: Math.max(written, typeof toldOutput === "number" ? toldOutput : 0),
    },
  };
}

/** A piece of a stream is a token at least. */
function outputTokens({ format }: CallStart, output: TextSize): number {
  return Math.max(output.pieces, output.tokens(format?.tokens?.charactersPerToken));
}

/** Tokens that a request comes to. It goes through the whole request: only where nobody tells. */
export function estimatedInput({ format, request, model }: CallStart): number {
  const asked = model ?? (request as { readonly model?: unknown } | undefined)?.model;
  const { hasTokenizer = true, charactersPerToken } = format?.tokens ?? {};
  const count = hasTokenizer ? tokenizerOf(asString(asked)) : undefined;
  const size = new TextSize();
  let tokens = AROUND_ALL;
  readTexts(request, REQUEST_MEMBERS, {
    text(text) {
      if (count === undefined) size.add(text);
      else tokens += countedBy(count, text);
    },
    picture() {
      tokens += PICTURE;
    },
    message() {
      tokens += AROUND_MESSAGE;
    },
  });
  return tokens + size.tokens(charactersPerToken);
}

function countedBy(count: (text: string) => number, text: string): number {
  if (text.length <= COUNTED_CHARACTERS) return count(text);
  return Math.ceil((count(text.slice(0, COUNTED_CHARACTERS)) * text.length) / COUNTED_CHARACTERS);
}

const asString = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
