import { readTexts } from "../../recording/request-texts.ts";
import { TextSize } from "../../recording/text-size.ts";

/** Where answers hold what the model wrote: chat completions, responses, messages. */
const WRITTEN = ["choices", "output", "content", "completion"];

/** How much a model wrote, by an answer that does not tell in tokens. */
export function textSizeOf(answer: unknown): TextSize {
  const size = new TextSize();
  readTexts(answer, WRITTEN, { text: (text) => size.add(text) });
  return size;
}
