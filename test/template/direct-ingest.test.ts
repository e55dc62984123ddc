import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defaultIngestSettings } from "@ai-usage/ingest";
import { describe, expect, it } from "vitest";
import { parseSettings } from "../../lib/settings.ts";
import { readDocPage } from "../support/doc-snippets.ts";
import { allowedTo, type Part } from "./reading.ts";
import { template } from "./synthesized.ts";

const page = readDocPage(
  readFileSync(fileURLToPath(new URL("../../docs/transports.md", import.meta.url)), "utf8"),
);

describe("an application that writes to the table itself", () => {
  it("stores by the settings of a stack that chooses none", () => {
    const { retentionDays, scopeMetadataKeys, metricIndex } = parseSettings({}, { source: "test" });
    expect(defaultIngestSettings).toEqual({ retentionDays, scopeMetadataKeys, serviceIndex: metricIndex });
  });

  it("may do by the policy of the guide what the ingest function may, but for outcomes", () => {
    const [policy] = page.snippets.filter(({ language }) => language === "json").map(({ text }) => text);
    const shown = JSON.parse(policy ?? "{}").Statement.map(({ Action, Condition }: Part) => ({
      actions: Action,
      keys: Condition["ForAllValues:StringLike"]["dynamodb:LeadingKeys"],
    }));
    const ofFunction = allowedTo(template(), "ingest").filter(({ keys }) => keys !== undefined);
    expect(shown).toEqual(
      ofFunction.map(({ actions, keys = [] }) => ({
        actions,
        keys: keys.filter((key) => key !== "OUTCOME#*"),
      })),
    );
  });
});
