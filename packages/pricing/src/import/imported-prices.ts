import type { ImportedPrices } from "./imported-file.ts";

export type PriceList = "per_million" | "per_thousand" | "per_unit";

export interface ImportedUnit {
  readonly unit: string;
  readonly list: PriceList;
  /** How many units the package's price is for, where none of our lists is for as many. */
  readonly per?: number;
}

const SECONDS_PER_HOUR = 3_600;

/** The package prices the most specific unit and subtracts it from the others, so its units are disjoint as ours are. */
const units: Readonly<Record<string, ImportedUnit>> = {
  input_mtok: { unit: "input", list: "per_million" },
  cache_read_mtok: { unit: "cache_read", list: "per_million" },
  cache_write_5m_mtok: { unit: "cache_write_5m", list: "per_million" },
  cache_write_1h_mtok: { unit: "cache_write_1h", list: "per_million" },
  input_audio_mtok: { unit: "audio_input", list: "per_million" },
  cache_audio_read_mtok: { unit: "audio_cache_read", list: "per_million" },
  input_image_mtok: { unit: "image_input", list: "per_million" },
  cache_image_read_mtok: { unit: "image_cache_read", list: "per_million" },
  input_video_mtok: { unit: "video_input", list: "per_million" },
  output_mtok: { unit: "output", list: "per_million" },
  output_reasoning_mtok: { unit: "reasoning", list: "per_million" },
  output_audio_mtok: { unit: "audio_output", list: "per_million" },
  output_image_mtok: { unit: "image_output", list: "per_million" },
  output_video_mtok: { unit: "video_output", list: "per_million" },
  output_citation_mtok: { unit: "citation", list: "per_million" },
  input_mchars: { unit: "character", list: "per_million" },
  requests_kcount: { unit: "request", list: "per_thousand" },
  input_text_messages_kcount: { unit: "message", list: "per_thousand" },
  input_document_kpages: { unit: "page", list: "per_thousand" },
  input_annotated_document_kpages: { unit: "annotated_page", list: "per_thousand" },
  web_searches_kcount: { unit: "search", list: "per_thousand" },
  rerank_searches_kcount: { unit: "search", list: "per_thousand" },
  storage_searches_kcount: { unit: "file_search", list: "per_thousand" },
  audio_hours: { unit: "second", list: "per_unit", per: SECONDS_PER_HOUR },
  input_audio_hours: { unit: "second", list: "per_unit", per: SECONDS_PER_HOUR },
};

/** The package does not say how long what is written to a cache is kept: OpenAI 30 minutes, everybody else five. */
const OPENAI_MODEL = /(^|[./])(gpt|o[134])-/;

export function unitOf(priceKey: string, modelId: string): ImportedUnit | undefined {
  if (priceKey !== "cache_write_mtok") return units[priceKey];
  return { unit: OPENAI_MODEL.test(modelId) ? "cache_write_30m" : "cache_write_5m", list: "per_million" };
}

/** Our prices are whole numbers of 10⁻¹⁸ dollars a unit. */
const PLACES = 18;

/** A binary float as the decimal it was written as, with two places at least; undefined when it has too many digits. */
export function priceText(price: number, list: PriceList): string | undefined {
  const [, whole = "", fraction = "", exponent = "0"] =
    /^(\d+)(?:\.(\d+))?(?:e-(\d+))?$/.exec(String(price)) ?? [];
  const shift = Number(exponent);
  const digits = whole.padStart(shift + 1, "0");
  const point = digits.length - shift;
  const places = digits.slice(point) + fraction;
  const placesMax = { per_million: 12, per_thousand: 15, per_unit: PLACES }[list];
  if (whole === "" || places.length > placesMax) return undefined;
  return `${digits.slice(0, point)}.${places.padEnd(2, "0")}`;
}

/** `price / per`, rounded half up to the 18th place. */
export function sharePriceText(price: number, per: number): { text: string; isExact: boolean } | undefined {
  const listed = priceText(price, "per_unit");
  if (listed === undefined) return undefined;
  const [whole = "0", fraction = ""] = listed.split(".");
  const amount = BigInt(whole + fraction.padEnd(PLACES, "0"));
  const isExact = amount % BigInt(per) === 0n;
  const nearest = (2n * amount + BigInt(per)) / (2n * BigInt(per));
  const digits = nearest.toString().padStart(PLACES + 1, "0");
  const places = digits.slice(-PLACES).replace(/0+$/, "");
  return { text: `${digits.slice(0, -PLACES)}.${places.padEnd(2, "0")}`, isExact };
}

/** @param entries in the order in which they are to stand */
export function pricesOf(
  entries: readonly { unit: string; list: PriceList; text: string }[],
): ImportedPrices {
  const lists: { [List in PriceList]?: Record<string, string> } = {};
  for (const name of ["per_million", "per_thousand", "per_unit"] as const) {
    const priced = entries.filter(({ list }) => list === name);
    if (priced.length > 0) lists[name] = Object.fromEntries(priced.map(({ unit, text }) => [unit, text]));
  }
  return lists;
}
