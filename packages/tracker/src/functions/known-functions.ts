import type { UsageFormatName } from "@ai-usage/core/normalize";
import { type PlaceOperation, placeOperation } from "./google-places.ts";
import type { AnyFunction, FunctionTerms } from "./tracked-function.ts";

interface KnownTerms {
  readonly service: string;
  readonly operation: string;
  readonly format: UsageFormatName;
}

/** Of a function that answers with a chat completion, or its chunks. */
export const OPENAI_COMPLETION: KnownTerms = {
  service: "openai",
  operation: "chat.completions",
  format: "openai.chat",
};

/** Of a function that answers with a message, or its events. */
export const ANTHROPIC_MESSAGE: KnownTerms = {
  service: "anthropic",
  operation: "messages",
  format: "anthropic.messages",
};

export interface PlacesOptions<Call extends AnyFunction> {
  /** Which fields of places a call asks for: they decide its price. Paths as in `X-Goog-FieldMask`, or `*`. */
  readonly fields?: string | readonly string[] | ((...given: Parameters<Call>) => string | readonly string[]);
}

/** A call of Google Places costs by the request: by its operation, and the fields that it asks for. */
export function placesTerms<Call extends AnyFunction>(
  operation: PlaceOperation,
  { fields }: PlacesOptions<Call> = {},
): FunctionTerms<Call> {
  if (typeof fields !== "function")
    return { service: "google_places", operation: placeOperation(operation, fields) };
  return {
    service: "google_places",
    operation: (...given) => placeOperation(operation, asked(fields, given)),
  };
}

/** All of them where it cannot be told. */
function asked<Given extends unknown[], Fields>(
  fields: (...given: Given) => Fields,
  given: Given,
): Fields | "*" {
  try {
    return fields(...given);
  } catch {
    return "*";
  }
}
