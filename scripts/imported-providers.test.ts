import { importedProviders } from "@ai-usage/pricing/import";
import { describe, expect, it } from "vitest";
import { importedProviders as importedByCommand } from "../packages/cli/src/commands/prices/imported-providers.ts";

describe("providers taken over from the published price list", () => {
  it("are the same for the command line, which cannot ask the price book", () => {
    expect(importedByCommand).toEqual(
      importedProviders.map(({ sourceId, provider }) => ({ sourceId, provider })),
    );
  });
});
