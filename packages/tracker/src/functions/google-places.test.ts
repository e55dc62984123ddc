import { describe, expect, it } from "vitest";
import { placeOperation } from "./google-places.ts";

describe("the operation of a Google Places call", () => {
  it.each([
    ["place_details", undefined, "place_details"],
    ["place_details", "id,photos", "place_details_ids_only"],
    ["place_details", "id,location", "place_details_essentials"],
    ["place_details", ["displayName.text", "id"], "place_details_pro"],
    ["place_details", "displayName, websiteUri", "place_details_enterprise"],
    ["place_details", "reviews", "place_details_enterprise_atmosphere"],
    ["place_details", "*", "place_details_enterprise_atmosphere"],
    ["place_details", "somethingNew", "place_details_enterprise_atmosphere"],
    ["text_search", "places.id,nextPageToken", "text_search_ids_only"],
    ["text_search", "places.location", "text_search_pro"],
    ["text_search", "places.photos", "text_search_pro"],
    ["nearby_search", "places.id", "nearby_search_pro"],
    ["nearby_search", "places.rating", "nearby_search_enterprise"],
    ["autocomplete", "*", "autocomplete"],
    ["geocoding", undefined, "geocoding"],
  ] as const)("%s with the fields %j is %s", (operation, fields, expected) => {
    expect(placeOperation(operation, fields)).toBe(expected);
  });
});
