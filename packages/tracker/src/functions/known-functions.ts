import { ANTHROPIC_MESSAGES } from "../providers/anthropic/formats.ts";
import { OPENAI_CHAT } from "../providers/openai/formats.ts";
import type { Tracker } from "../tracker.ts";
import { type PlaceOperation, placeOperation } from "./google-places.ts";
import type { AnyFunction, FunctionTerms } from "./tracked-function.ts";

/** Of a function that answers with a chat completion of OpenAI, or with its chunks. */
export function trackOpenAICompletion<Call extends AnyFunction>(
  tracker: Tracker,
  work: Call,
  terms: Partial<FunctionTerms<Call>> = {},
): Call {
  const known = { service: "openai", operation: "chat.completions", format: OPENAI_CHAT };
  return tracker.track({ ...known, ...terms }, work);
}

/** Of a function that answers with a message of Anthropic, or with its events. */
export function trackAnthropicMessage<Call extends AnyFunction>(
  tracker: Tracker,
  work: Call,
  terms: Partial<FunctionTerms<Call>> = {},
): Call {
  const known = { service: "anthropic", operation: "messages", format: ANTHROPIC_MESSAGES };
  return tracker.track({ ...known, ...terms }, work);
}

export interface PlacesOptions<Call extends AnyFunction> {
  /** Which fields of places a call asks for: they decide its price. Paths as in `X-Goog-FieldMask`, or `*`. */
  readonly fields?: string | readonly string[] | ((...given: Parameters<Call>) => string | readonly string[]);
}

/**
 * Of a function whose every call is one request to Google Places. It costs by its operation, and the fields that it asks for.
 *
 * @param operation by the name that its price is listed under: `place_details_pro`; of `place_details`, `text_search` and
 *   `nearby_search` the fields tell which
 */
export function trackGooglePlaces<Call extends AnyFunction>(
  tracker: Tracker,
  operation: PlaceOperation,
  work: Call,
  options: PlacesOptions<Call> = {},
): Call {
  return tracker.track(placesTerms(operation, options), work);
}

function placesTerms<Call extends AnyFunction>(
  operation: PlaceOperation,
  { fields }: PlacesOptions<Call>,
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
