import { App, Validations } from "aws-cdk-lib";
import cdkJson from "../cdk.json" with { type: "json" };
import { AIUsageStack } from "../lib/ai-usage-stack.ts";
import { readSettings } from "../lib/read-settings.ts";
import { SettingsError } from "../lib/settings.ts";

// Without the CLI nobody passes cdk.json's context on; with it, what the CLI passes wins.
const app = new App({ context: cdkJson.context, analyticsReporting: false });
try {
  const settings = readSettings(app.node, process.env);
  new AIUsageStack(app, `ai-usage-${settings.stage}`, { settings });
} catch (error) {
  if (!(error instanceof SettingsError)) throw error;
  console.error(error.message);
  process.exit(1);
}

// The rules take their time to load: the switch that turns CDK's own template validation off turns them off too.
if (process.env.CDK_VALIDATION !== "false") {
  const { AwsSolutionsChecks } = await import("cdk-nag");
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
}
app.synth();
