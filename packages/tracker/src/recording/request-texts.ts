/** Is told of what models read and write, in the order in which it stands. */
export interface TextReader {
  text(text: string): void;
  picture?(): void;
  message?(): void;
}

/** Members of a request's body that hold what the model reads, at the providers whose answers may lack a usage. */
export const REQUEST_MEMBERS = ["system", "instructions", "messages", "input", "prompt", "tools", "suffix"];
/** Files and pictures in them, as text or as links; ids; names of kinds. */
const NOT_READ = new Set(
  "type role id call_id tool_call_id status data url image_url file_data file_id signature encrypted_content logprobs finish_reason".split(
    " ",
  ),
);
const PICTURES = new Set(["image_url", "input_image", "image"]);
const DEPTH_MAX = 12;

/** Goes through the texts in some members of a request or an answer, without copying one. */
export function readTexts(holder: unknown, members: readonly string[], reader: TextReader): void {
  if (!isObject(holder)) return;
  for (const name of members) walk(holder[name], reader, 0);
}

function walk(value: unknown, reader: TextReader, depth: number): void {
  if (typeof value === "string") reader.text(value);
  else if (Array.isArray(value)) for (const item of value) walk(item, reader, depth + 1);
  else if (isObject(value) && !ArrayBuffer.isView(value) && depth < DEPTH_MAX)
    walkMembers(value, reader, depth);
}

function walkMembers(object: Record<string, unknown>, reader: TextReader, depth: number): void {
  if (typeof object.role === "string") reader.message?.();
  if (typeof object.type === "string" && PICTURES.has(object.type)) reader.picture?.();
  else for (const name in object) if (!NOT_READ.has(name)) walk(object[name], reader, depth + 1);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
