import type { MetricInput } from "@ai-usage/client/leases";
import type { UsageContext } from "../context/usage-context.ts";
import type { CallStart } from "../recording/call.ts";
import type { HashKey } from "./keyed-hash.ts";
import { promptHash } from "./prompt-hash.ts";
import { contextWithHashedUser, userIdHash } from "./user-id-hash.ts";

export interface PrivacyOptions {
  readonly hashUserIds?: HashKey;
  readonly hashPrompts?: HashKey;
}

/** What becomes of metrics and contexts before they leave the process; each is absent where nothing does. */
export interface Privacy {
  readonly finish?: (metric: MetricInput, start: CallStart) => MetricInput;
  readonly finishContext?: (context: UsageContext) => UsageContext;
}

/** @throws TrackerConfigurationError when a key is too short */
export function privacyOf({ hashUserIds, hashPrompts }: PrivacyOptions): Privacy {
  const hashUser = hashUserIds && userIdHash(hashUserIds);
  const hashPrompt = hashPrompts && promptHash(hashPrompts);
  if (hashUser === undefined && hashPrompt === undefined) return {};
  return {
    finish: (metric, { request }) => {
      const user_id = metric.user_id === undefined ? undefined : hashUser?.(metric.user_id);
      const prompt_hash = hashPrompt?.(request);
      return {
        ...metric,
        ...(user_id !== undefined && { user_id }),
        ...(prompt_hash !== undefined && { prompt_hash }),
      };
    },
    ...(hashUser !== undefined && { finishContext: contextWithHashedUser(hashUser) }),
  };
}
