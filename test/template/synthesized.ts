import { fileURLToPath } from "node:url";
import { App } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import cdkJson from "../../cdk.json" with { type: "json" };
import { AIUsageStack } from "../../lib/ai-usage-stack.ts";
import { parseSettings, type SettingsInput } from "../../lib/settings.ts";

export const mailSettings: SettingsInput = {
  email: { from: "alerts@example.com", recipients: ["finance@example.com", "platform@example.com"] },
};

// Bundles are named by their content: those of an earlier run need not be written again.
const assembly = fileURLToPath(
  new URL(`../../cdk.out/template-tests-${process.env.VITEST_POOL_ID ?? 0}`, import.meta.url),
);

/** An app as bin/ai-usage.ts makes it, without the template validation that takes most of a synthesis. */
export function newApp(): App {
  return new App({
    context: cdkJson.context,
    analyticsReporting: false,
    builtinCloudFormationValidation: false,
    outdir: assembly,
  });
}

export function newStack(input: SettingsInput = {}): AIUsageStack {
  const settings = parseSettings(input, { source: "test" });
  return new AIUsageStack(newApp(), `ai-usage-${settings.stage}`, { settings });
}

export function synthesize(input: SettingsInput = {}): Template {
  return Template.fromStack(newStack(input));
}

let shared: Template | undefined;

/** The template that most tests read: all defaults, and mail. */
export function template(): Template {
  shared ??= synthesize(mailSettings);
  return shared;
}
