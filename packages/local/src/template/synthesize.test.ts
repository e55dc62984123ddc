import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it, vi } from "vitest";
import { temporaryDirectory } from "../testing/fixture-assembly.ts";
import { synthesize } from "./synthesize.ts";

const directory = temporaryDirectory();
const repository = join(directory.path, "repository");
const write = (name: string, text: string) => {
  mkdirSync(join(repository, name, ".."), { recursive: true });
  writeFileSync(join(repository, name), text);
};
// Stands in for the app: writes its context where the assembly belongs.
write(
  "bin/ai-usage.ts",
  `import { mkdirSync, writeFileSync } from "node:fs";
   const out: string = process.env.CDK_OUTDIR ?? "";
   if (process.env.CDK_CONTEXT_JSON?.includes("fail")) throw new Error("settings: stage must not be fail");
   mkdirSync(out);
   writeFileSync(out + "/manifest.json", process.env.CDK_CONTEXT_JSON ?? "");`,
);
write("cdk.json", '{"context":{"flag":true,"settings":{"retentionDays":7,"stage":"prod"}}}');
write("package.json", '{"type":"module"}');
symlinkSync(
  fileURLToPath(new URL("../../../../node_modules", import.meta.url)),
  join(repository, "node_modules"),
);

afterAll(() => directory.remove());

describe("synthesis", () => {
  const onSynthesis = vi.fn();
  const run = (settings: Record<string, unknown>) =>
    synthesize({ repository, directory: join(directory.path, "out"), settings, onSynthesis });

  it("lays the local settings over those of cdk.json", async () => {
    const assembly = await run({ stage: "local" });
    expect(JSON.parse(readFileSync(join(assembly, "manifest.json"), "utf8"))).toEqual({
      flag: true,
      settings: { retentionDays: 7, stage: "local" },
    });
  });

  it("is done again only when something that goes into the template has changed", async () => {
    onSynthesis.mockClear();
    const first = await run({ stage: "local" });
    write("lambdas/ingest/handler.test.ts", "a test");
    expect(await run({ stage: "local" })).toBe(first);
    expect(onSynthesis).not.toHaveBeenCalled();
    write("lambdas/ingest/handler.ts", "a handler");
    expect(await run({ stage: "local" })).not.toBe(first);
    expect(onSynthesis).toHaveBeenCalledOnce();
  });

  it.each(["DAILY_COST_LIMIT", "DEFAULT_DAILY_BUDGET", "ALERT_COOLDOWN_MINUTES", "ENABLE_EMAIL_ALERTS"])(
    "is done again when %s, which the app takes settings from, has changed",
    async (name) => {
      const first = await run({ stage: "local" });
      vi.stubEnv(name, "5");
      try {
        expect(await run({ stage: "local" })).not.toBe(first);
      } finally {
        vi.unstubAllEnvs();
      }
      expect(await run({ stage: "local" })).toBe(first);
    },
  );

  it("shows what the app said when it cannot be synthesized, and leaves nothing behind", async () => {
    await expect(run({ stage: "fail" })).rejects.toThrow(/exit code 1[\s\S]*stage must not be fail/);
    expect(readdirSync(join(directory.path, "out")).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });
});
