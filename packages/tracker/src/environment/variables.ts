/** What a variable may be. Its value may be a secret, so that no message ever shows one. */
interface Rule {
  readonly holds: (text: string) => boolean;
  readonly must: string;
}

const matches = (pattern: RegExp, must: string): Rule => ({ holds: (text) => pattern.test(text), must });

const onOff = matches(/^(true|false)$/, "must be true or false");

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

const url: Rule = {
  holds: (text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol),
  must: "must be a URL with https or http",
};

/** Every variable that a tracker reads. Those of a deployment are checked when a stack is deployed. */
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
  AI_USAGE_API_URL: url,
  AI_USAGE_STREAM_USAGE: matches(/^(auto|always|never)$/, "must be auto, always or never"),
  AI_USAGE_USER_ID_KEY: key,
  AI_USAGE_PROMPT_KEY: key,
} as const satisfies Readonly<Record<string, Rule>>;

export type VariableName = keyof typeof VARIABLES;
