import { googleErrors } from "../gemini/errors.ts";
import type { ProviderApi } from "../provider-api.ts";
import { type Exchange, jsonReply, Refusal } from "../reply.ts";

const PLACE = {
  name: "places/ChIJj61dQgK6j4AR4GeTYWZsKWw",
  id: "ChIJj61dQgK6j4AR4GeTYWZsKWw",
  types: ["cafe", "food", "point_of_interest", "establishment"],
  formattedAddress: "1 Harbour Road, Example Bay",
  location: { latitude: 37.4220656, longitude: -122.0840897 },
  rating: 4.5,
  userRatingCount: 120,
  displayName: { text: "Harbour Café", languageCode: "en" },
};

/**
 * Places (New): what is not in the field mask is not told, and a request without one is refused. Who bills is told by
 * the mask, not by the answer.
 * Source: https://developers.google.com/maps/documentation/places/web-service/text-search,
 * …/place-details and …/choose-fields
 */
export function placesApi(): ProviderApi {
  return {
    name: "places",
    errors: googleErrors,
    recognizes: ({ path }) => path.startsWith("/v1/places"),
    routes: {
      "POST /v1/places:searchText": searchPlaces,
      "POST /v1/places:searchNearby": searchPlaces,
      "GET /v1/places/*": (exchange) => {
        const { answer, parameters } = exchange;
        const [id = PLACE.id] = parameters;
        const place = { ...PLACE, id, name: `places/${id}`, ...answer.body };
        return jsonReply(masked(place, maskOf(exchange)), answer.headers);
      },
    },
  };
}

function searchPlaces(exchange: Exchange) {
  const { answer } = exchange;
  const fields = maskOf(exchange).map((field) => field.replace(/^places\./, ""));
  return jsonReply({ places: [masked(PLACE, fields)], ...answer.body }, answer.headers);
}

function maskOf({ request: { headers, query } }: Exchange): readonly string[] {
  const mask = headers["x-goog-fieldmask"] ?? query.get("fields") ?? query.get("$fields");
  if (typeof mask === "string" && mask !== "") return mask.split(",");
  throw new Refusal({ status: 400, message: "FieldMask is a required parameter." });
}

function masked(place: Readonly<Record<string, unknown>>, fields: readonly string[]): object {
  const names = new Set(fields.map((field) => field.split(".")[0]));
  return Object.fromEntries(Object.entries(place).filter(([name]) => names.has("*") || names.has(name)));
}
