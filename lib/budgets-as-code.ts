import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CustomResource, Duration, Stack } from "aws-cdk-lib";
import { Construct } from "constructs";
import { buildSync } from "esbuild";
import { bundleOptions } from "./bundle-options.ts";
import { type BudgetEntry, SettingsError } from "./settings.ts";
import type { UsageTable } from "./table.ts";
import { type FunctionDefaults, UsageFunction } from "./usage-function.ts";

export interface BudgetsAsCodeProps {
  readonly defaults: FunctionDefaults;
  readonly table: UsageTable;
  readonly budgets: readonly BudgetEntry[];
  readonly templates: readonly BudgetEntry[];
}

/**
 * The budgets and templates of the settings. A deployment makes them, changes them and ends those that are there no more;
 * when the stack goes, they stay with the table.
 */
export class BudgetsAsCode extends Construct {
  readonly function: UsageFunction;

  /** @throws SettingsError naming each entry that is wrong and what it may be */
  constructor(scope: Construct, id: string, { defaults, table, budgets, templates }: BudgetsAsCodeProps) {
    super(scope, id);
    if (budgets.length + templates.length > 0) check({ budgets, templates }, defaults.lambdasDirectory);
    this.function = new UsageFunction(this, "Function", {
      defaults,
      name: "apply-budgets",
      description: "Makes the budgets of the settings at deploy",
      timeout: Duration.minutes(5),
      memoryMiB: 512,
      whenItFails: "The stack could not be deployed: the budgets of its settings were not made.",
    });
    table.grantApplyBudgets(this.function);
    // There also where there are none: it ends what an earlier deployment has made.
    new CustomResource(this, "Resource", {
      resourceType: "Custom::AIUsageBudgets",
      serviceToken: this.function.functionArn,
      serviceTimeout: Duration.minutes(6),
      properties: { Budgets: Stack.of(this).toJsonString({ budgets, templates }) },
    });
  }
}

/** Has the budgets read by the code that will read them at deploy. */
function check(entries: Pick<BudgetsAsCodeProps, "budgets" | "templates">, lambdasDirectory: string): void {
  const directory = mkdtempSync(join(tmpdir(), "ai-usage-budgets-"));
  try {
    const program = join(directory, "check.mjs");
    buildSync({
      entryPoints: [join(lambdasDirectory, "apply-budgets", "check.ts")],
      outfile: program,
      ...bundleOptions,
    });
    const { status, stdout, stderr } = spawnSync(process.execPath, [program], {
      input: JSON.stringify(entries),
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(`the budgets of the settings could not be checked: ${stderr}`);
    const problems = stdout.split("\n").filter(Boolean);
    if (problems.length > 0) throw new SettingsError("the budgets of the settings", problems);
  } finally {
    rmSync(directory, { recursive: true });
  }
}
