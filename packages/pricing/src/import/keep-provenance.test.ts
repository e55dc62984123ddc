import { describe, expect, it } from "vitest";
import type { ImportedFile } from "./imported-file.ts";
import { keepProvenance } from "./keep-provenance.ts";

const aFile = (version: string, day: string, output: string): ImportedFile => ({
  provider: "acme",
  about: `Imported from @pydantic/genai-prices ${version}, MIT.`,
  models: [
    { id: "nova-1", rows: [aRow(version, day, { input: "1.00" })] },
    { id: "nova-2", rows: [aRow(version, day, { output })] },
  ],
});
const aRow = (version: string, day: string, prices: Record<string, string>) => ({
  per_million: prices,
  source: "https://example.com/prices",
  checked_on: day,
  verified: false,
  note: `@pydantic/genai-prices ${version}, MIT`,
});

describe("provenance of the seed", () => {
  it("stays as it was where the prices stay", () => {
    const former = aFile("0.1.8", "2026-11-25", "2.00");
    expect(keepProvenance(aFile("0.2.0", "2026-12-02", "2.00"), former)).toEqual(former);
  });

  it("is new on the rows that changed, and on the file", () => {
    const imported = aFile("0.2.0", "2026-12-02", "3.00");
    const kept = keepProvenance(imported, aFile("0.1.8", "2026-11-25", "2.00"));
    expect(kept.about).toContain("0.2.0");
    expect(kept.models[0]?.rows[0]).toMatchObject({
      checked_on: "2026-11-25",
      note: "@pydantic/genai-prices 0.1.8, MIT",
    });
    expect(kept.models[1]).toEqual(imported.models[1]);
  });

  it("is new where there was no file", () => {
    const imported = aFile("0.2.0", "2026-12-02", "3.00");
    expect(keepProvenance(imported, undefined)).toEqual(imported);
  });
});
