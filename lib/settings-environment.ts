import * as z from "zod";
import { type BudgetEntry, type EmailSettings, type Settings, SettingsError } from "./settings.ts";

/** The environment of the app, `process.env`. */
export type AppEnvironment = Readonly<Record<string, string | undefined>>;

/**
 * Settings with what variables say about things that they leave open. They win over variables; of budgets both are made.
 *
 * @throws SettingsError naming each variable that is wrong and what it may be
 */
export function withEnvironment(settings: Settings, environment: AppEnvironment): Settings {
  const parsed = variablesSchema.safeParse(
    Object.fromEntries(
      Object.entries(environment).filter(([, value]) => value !== undefined && value !== ""),
    ),
  );
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join(".")} ${issue.message}`);
    throw new SettingsError("the environment", problems);
  }
  const variables = parsed.data;
  const email = settings.email ?? emailOf(variables);
  return {
    ...settings,
    budgets: inBoth(budgetsOf(variables), settings.budgets),
    budgetTemplates: inBoth(templatesOf(variables), settings.budgetTemplates),
    ...(email && { email: withPace(email, variables) }),
  };
}

const amount = z.string().refine((text) => /^\d{1,9}(\.\d{1,12})?$/.test(text) && Number(text) > 0, {
  error: "must be an amount in US dollars above 0, such as 100.00",
});
const onOff = z
  .enum(["true", "false"], { error: "must be true or false" })
  .transform((value) => value === "true");
const minutes = z
  .string()
  .regex(/^\d{1,5}$/, { error: "must be a whole number of minutes, such as 60" })
  .transform(Number)
  .refine((count) => count <= 10_080, { error: "must be at most 10080 minutes, which is a week" });
const address = z.email({ error: "must be an e-mail address, such as alerts@example.com" });

const variablesSchema = z
  .object({
    DEFAULT_DAILY_BUDGET: amount.optional(),
    DEFAULT_WEEKLY_BUDGET: amount.optional(),
    DEFAULT_MONTHLY_BUDGET: amount.optional(),
    DAILY_COST_LIMIT: amount.optional(),
    MONTHLY_COST_LIMIT: amount.optional(),
    ENABLE_BUDGET_ENFORCEMENT: onOff.default(false),
    ENABLE_EMAIL_ALERTS: onOff.default(false),
    EMAIL_FROM_ADDRESS: address.optional(),
    EMAIL_ALERT_RECIPIENTS: z
      .string()
      .transform((text) => text.split(",").map((one) => one.trim()))
      .pipe(z.array(address))
      .optional(),
    ENABLE_SLACK_ALERTS: onOff.default(true),
    SLACK_WEBHOOK_URL: z.string().optional(),
    ALERT_COOLDOWN_MINUTES: minutes.optional(),
    ALERT_RATE_LIMIT_MINUTES: minutes.optional(),
  })
  .superRefine((variables, { addIssue }) => {
    const missing = (["EMAIL_FROM_ADDRESS", "EMAIL_ALERT_RECIPIENTS"] as const).filter(
      (name) => variables[name] === undefined,
    );
    if (variables.ENABLE_EMAIL_ALERTS) {
      for (const name of missing) {
        addIssue({ code: "custom", path: [name], message: "must be set when ENABLE_EMAIL_ALERTS is true" });
      }
    }
    if (variables.ENABLE_SLACK_ALERTS && variables.SLACK_WEBHOOK_URL !== undefined) {
      addIssue({ code: "custom", path: ["SLACK_WEBHOOK_URL"], message: SLACK_ADVICE });
    }
  });

const SLACK_ADVICE =
  "is a secret and must not get into a template: unset it, or set ENABLE_SLACK_ALERTS=false, and deploy; then " +
  "`ai-usage channels add slack --name NAME --secret-env SLACK_WEBHOOK_URL` puts it into Secrets Manager";

type Variables = z.output<typeof variablesSchema>;

function emailOf(variables: Variables): EmailSettings | undefined {
  const { ENABLE_EMAIL_ALERTS, EMAIL_FROM_ADDRESS: from, EMAIL_ALERT_RECIPIENTS: recipients } = variables;
  return ENABLE_EMAIL_ALERTS && from && recipients ? { from, recipients } : undefined;
}

function withPace(email: EmailSettings, variables: Variables): EmailSettings {
  const { ALERT_COOLDOWN_MINUTES: cooldownMinutes, ALERT_RATE_LIMIT_MINUTES: perMinutes } = variables;
  return {
    ...(cooldownMinutes !== undefined && { cooldownMinutes }),
    ...(perMinutes && { rateLimit: { messages: 1, perMinutes } }),
    ...email,
  };
}

function budgetsOf(variables: Variables): BudgetEntry[] {
  const enforcement = variables.ENABLE_BUDGET_ENFORCEMENT ? "hard" : "soft";
  const limits = [
    ["daily", variables.DAILY_COST_LIMIT],
    ["monthly", variables.MONTHLY_COST_LIMIT],
  ] as const;
  return limits.flatMap(([period, amount]) =>
    amount === undefined
      ? []
      : [{ key: `${period}-cost-limit`, scope: "global:all", period, amount, enforcement }],
  );
}

function templatesOf(variables: Variables): BudgetEntry[] {
  const defaults = [
    ["daily", variables.DEFAULT_DAILY_BUDGET],
    ["weekly", variables.DEFAULT_WEEKLY_BUDGET],
    ["monthly", variables.DEFAULT_MONTHLY_BUDGET],
  ] as const;
  return defaults.flatMap(([period, amount]) =>
    amount === undefined ? [] : [{ key: `default-${period}`, pattern: "user:*", period, amount }],
  );
}

/** What the settings have under the same key is what counts. */
function inBoth(fromVariables: readonly BudgetEntry[], own: readonly BudgetEntry[]): BudgetEntry[] {
  const keys = new Set(own.map(({ key }) => key));
  return [...fromVariables.filter(({ key }) => !keys.has(key)), ...own];
}
