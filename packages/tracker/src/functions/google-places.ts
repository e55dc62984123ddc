/** Operations of Google Places whose price depends on the fields that are asked for. */
const MASKED = ["place_details", "text_search", "nearby_search"] as const;
type Masked = (typeof MASKED)[number];

/** Those there are prices for, or the name of another. */
export type PlaceOperation =
  | Masked
  | "autocomplete"
  | "autocomplete_session_usage"
  | "photos"
  | "geocoding"
  | "geolocation"
  | "time_zone"
  | "address_validation"
  | (string & {});

const LEVELS = ["ids_only", "essentials", "pro", "enterprise", "enterprise_atmosphere"] as const;
type Level = (typeof LEVELS)[number];

/** What a search costs at least, unless it asks for ids alone: it has no essentials. */
const LOWEST: Readonly<Record<Masked, { readonly ids?: Level; readonly other: Level }>> = {
  place_details: { ids: "ids_only", other: "essentials" },
  text_search: { ids: "ids_only", other: "pro" },
  nearby_search: { other: "pro" },
};

/** https://developers.google.com/maps/documentation/places/web-service/data-fields */
const FIELDS: Readonly<Record<Exclude<Level, "enterprise_atmosphere">, string>> = {
  ids_only: "attributions id name movedPlace movedPlaceId nextPageToken",
  essentials:
    "addressComponents addressDescriptor adrFormatAddress formattedAddress location plusCode postalAddress shortFormattedAddress types viewport",
  pro: "accessibilityOptions businessStatus containingPlaces displayName googleMapsLinks googleMapsUri iconBackgroundColor iconMaskBaseUri openingDate primaryType primaryTypeDisplayName pureServiceAreaBusiness searchUri subDestinations timeZone utcOffsetMinutes",
  enterprise:
    "currentOpeningHours currentSecondaryOpeningHours internationalPhoneNumber nationalPhoneNumber priceLevel priceRange rating regularOpeningHours regularSecondaryOpeningHours userRatingCount websiteUri",
};

const levels = new Map<string, Level>(
  Object.entries(FIELDS).flatMap(([level, names]) => names.split(" ").map((name) => [name, level as Level])),
);

/**
 * The operation by the name that its price is listed under: that of the dearest field which is asked for. A field that is not
 * known here counts as the dearest; without fields the operation is taken as it is named.
 */
export function placeOperation(operation: PlaceOperation, fields?: string | readonly string[]): string {
  const masked = MASKED.find((one) => one === operation);
  if (masked === undefined || fields === undefined) return operation;
  const paths = typeof fields === "string" ? fields.split(",") : fields;
  const { ids, other } = LOWEST[masked];
  const dearest = Math.max(...paths.map((path) => LEVELS.indexOf(levelOf(path, masked))));
  const level = dearest <= 0 && ids !== undefined ? ids : LEVELS[Math.max(dearest, LEVELS.indexOf(other))];
  return `${operation}_${level}`;
}

/** `places.displayName.text` is of `displayName`. Photos come with the ids of a place's details, and cost in a search. */
function levelOf(path: string, operation: Masked): Level {
  const name =
    path
      .trim()
      .replace(/^places\./, "")
      .split(".", 1)[0] ?? "";
  if (name === "photos") return operation === "place_details" ? "ids_only" : "pro";
  return levels.get(name) ?? "enterprise_atmosphere";
}
