/** What a variable may be. Its value may be a secret, so that no message ever shows one. */
interface Rule {
  readonly holds: (text: string) => boolean;
  readonly must: string;
}

const matches = (pattern: RegExp, must: string): Rule => ({ holds: (text) => pattern.test(text), must });

const onOff = matches(/^(true|false)$/, "must be true or false");

const amount: Rule = {
  holds: (text) => /^\d{1,9}(\.\d{1,12})?$/.test(text) && /[1-9]/.test(text),
  must: "must be an amount in US dollars above 0, such as 100.00",
};

const minutes: Rule = {
  holds: (text) => /^\d{1,5}$/.test(text) && Number(text) <= 10_080,
  must: "must be a whole number of minutes of at most 10080, which is a week",
};

// As the API takes names: whatever it would refuse later is better known at the start.
const name: Rule = {
  holds: (text) =>
    text.length <= 128 && Buffer.byteLength(text) <= 256 && /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}#]+$/u.test(text),
  must: "must be a name of at most 128 characters without # and control characters",
};

const key: Rule = {
  holds: (text) => text.length >= 16,
  must: "must be a secret of at least 16 characters",
};

const httpsUrl = (protocols: readonly string[], must: string): Rule => ({
  holds: (text) => URL.canParse(text) && protocols.includes(new URL(text).protocol),
  must,
});

const addresses: Rule = {
  holds: (text) => text.split(",").every((one) => /^[^\s@,]+@[^\s@,]+\.[^\s@,]+$/.test(one.trim())),
  must: "must be e-mail addresses, with commas between them",
};

/**
 * Every variable of ai-usage that an application's environment may have. The tracker reads the first part; the others are for the
 * deployment of a stack (`docs/deploying.md`), its alerts and its analytics, and are checked here all the same, so that one
 * environment for all of them is right or wrong as a whole.
 */
export const VARIABLES = {
  TRACK_AI_USAGE: onOff,
  ENABLE_COST_TRACKING: onOff,
  ENABLE_COST_MONITORING: onOff,
  ENABLE_BUDGET_ENFORCEMENT: onOff,
  TRACK_TO_FILE: {
    holds: (text) => onOff.holds(text) || /[./\\]/.test(text),
    must: "must be true, false or the path of a file, such as ./ai-usage.jsonl",
  },
  USER_ID: name,
  AI_USAGE_TEAM: name,
  AI_USAGE_FEATURE: name,
  AI_USAGE_ENVIRONMENT: name,
  AI_USAGE_JOB_ID: name,
  AI_USAGE_BATCH_ID: name,
  AI_USAGE_API_URL: httpsUrl(["https:", "http:"], "must be a URL with https or http"),
  AI_USAGE_STREAM_USAGE: matches(/^(auto|always|never)$/, "must be auto, always or never"),
  AI_USAGE_USER_ID_KEY: key,
  AI_USAGE_PROMPT_KEY: key,

  // The deployment's.
  DYNAMODB_TABLE_NAME: matches(/^[\w.:/-]{3,1024}$/, "must be the name of a DynamoDB table"),
  DAILY_COST_LIMIT: amount,
  MONTHLY_COST_LIMIT: amount,
  DEFAULT_DAILY_BUDGET: amount,
  DEFAULT_WEEKLY_BUDGET: amount,
  DEFAULT_MONTHLY_BUDGET: amount,
  // Alerting's.
  ENABLE_EMAIL_ALERTS: onOff,
  EMAIL_FROM_ADDRESS: matches(/^[^\s@,]+@[^\s@,]+\.[^\s@,]+$/, "must be an e-mail address"),
  EMAIL_ALERT_RECIPIENTS: addresses,
  ENABLE_SLACK_ALERTS: onOff,
  SLACK_WEBHOOK_URL: httpsUrl(["https:"], "must be a URL with https"),
  ALERT_COOLDOWN_MINUTES: minutes,
  ALERT_RATE_LIMIT_MINUTES: minutes,
  // Analytics'.
  ANOMALY_SENSITIVITY: {
    holds: (text) => /^\d{1,2}(\.\d{1,4})?$/.test(text) && Number(text) > 0,
    must: "must be a number above 0 and below 100, such as 2.0",
  },
  TREND_LOOKBACK_DAYS: {
    holds: (text) => /^\d{1,3}$/.test(text) && Number(text) >= 1 && Number(text) <= 400,
    must: "must be a whole number of days from 1 to 400",
  },
} as const satisfies Readonly<Record<string, Rule>>;

export type VariableName = keyof typeof VARIABLES;
