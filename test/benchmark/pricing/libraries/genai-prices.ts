import { calcPrice } from "@pydantic/genai-prices";
import type { PriceLibrary } from "../price-library.ts";

/** It takes the whole prompt as input, with the cached parts named once more. It has no tiers and no regions. */
export const genaiPrices: PriceLibrary = {
  name: "genai-prices",
  prepare({ provider, model, at, tokens }) {
    const { input, cacheRead = 0, cacheWrite = 0, output } = tokens;
    const usage = {
      input_tokens: input + cacheRead + cacheWrite,
      ...(cacheRead > 0 && { cache_read_tokens: cacheRead }),
      ...(cacheWrite > 0 && { cache_write_tokens: cacheWrite }),
      output_tokens: output,
    };
    const options = { providerId: provider, timestamp: new Date(at) };
    return () => calcPrice(usage, model, options)?.total_price;
  },
};
