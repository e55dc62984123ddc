import type OpenAI from "openai";
import type { CompleteAnswer } from "../answer.ts";

type OutputItem = OpenAI.Responses.ResponseOutputItem;
/** As it goes over the wire: the SDK adds `output_text`. */
export type WireResponse = Omit<OpenAI.Responses.Response, "output_text" | "usage"> & {
  readonly usage: object | null;
};
type Event = Readonly<Record<string, unknown>> & { readonly type: string };

/** One event a chunk. The usage comes with the last one, which holds the whole response. */
export function responseEvents(response: WireResponse, answer: CompleteAnswer): string[] {
  const begun = { ...response, status: "in_progress", output: [], usage: null };
  const events: Event[] = [
    { type: "response.created", response: begun },
    { type: "response.in_progress", response: begun },
    ...response.output.flatMap((item, index) => itemEvents(item, index, answer.pieces)),
    { type: `response.${response.status}`, response: { ...response, ...answer.body } },
  ];
  return events.map(
    (event, index) =>
      `event: ${event.type}\ndata: ${JSON.stringify({ ...event, sequence_number: index })}\n\n`,
  );
}

function itemEvents(item: OutputItem, output_index: number, pieces: readonly string[]): Event[] {
  const added = { type: "response.output_item.added", output_index, item: begunItem(item) };
  const done = { type: "response.output_item.done", output_index, item };
  return [added, ...insideEvents(item, { item_id: item.id ?? "", output_index }, pieces), done];
}

function begunItem(item: OutputItem): object {
  if (item.type === "message") return { ...item, status: "in_progress", content: [] };
  if (item.type === "function_call") return { ...item, status: "in_progress", arguments: "" };
  return item;
}

function insideEvents(
  item: OutputItem,
  place: { item_id: string; output_index: number },
  pieces: readonly string[],
): Event[] {
  if (item.type === "function_call")
    return [
      { type: "response.function_call_arguments.delta", ...place, delta: item.arguments },
      { type: "response.function_call_arguments.done", ...place, name: item.name, arguments: item.arguments },
    ];
  if (item.type !== "message") return [];
  const inside = { ...place, content_index: 0 };
  const [part] = item.content;
  const text = pieces.join("");
  return [
    { type: "response.content_part.added", ...inside, part: { ...part, text: "" } },
    ...pieces.map((delta) => ({ type: "response.output_text.delta", ...inside, delta, logprobs: [] })),
    { type: "response.output_text.done", ...inside, text, logprobs: [] },
    { type: "response.content_part.done", ...inside, part },
  ];
}
