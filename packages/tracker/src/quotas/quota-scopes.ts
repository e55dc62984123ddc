import type { UsageContext } from "../context/usage-context.ts";

/** What a quota is about: whose budgets are looked at. */
export interface QuotaScope
  extends Pick<UsageContext, "team" | "userId" | "feature" | "environment" | "jobId" | "metadata"> {
  /** Metadata that are scopes of their own, as the stack's setting says. @default none */
  readonly scopeMetadataKeys?: readonly string[];
}

/** Scopes of which one request tells all that is to know. */
interface CostScopes {
  readonly team?: string;
  readonly user?: string;
  readonly feature?: string;
}

export interface QuotaScopes {
  /** In the order in which they are looked at: the first one is what a report is about. Without any it is everything. */
  readonly all: readonly string[];
  /** Absent: none of these is asked about. */
  readonly cost?: CostScopes;
  /** Those that are asked about one by one. */
  readonly others: readonly string[];
}

export function quotaScopes(scope: QuotaScope): QuotaScopes {
  const { team, userId: user, feature } = scope;
  const cost = defined({ team, user, feature });
  const others = scopeTexts({ environment: scope.environment, job: scope.jobId, ...customOf(scope) });
  const ofCost = scopeTexts(cost);
  // Without a scope the same request is about everything.
  const isAskedTogether = ofCost.length > 0 || others.length === 0;
  return { all: [...ofCost, ...others], others, ...(isAskedTogether && { cost }) };
}

function customOf({ metadata = {}, scopeMetadataKeys = [] }: QuotaScope): Record<string, string | undefined> {
  return Object.fromEntries(
    scopeMetadataKeys.map((key) => [key, metadata[key] === undefined ? undefined : String(metadata[key])]),
  );
}

const scopeTexts = (named: Readonly<Record<string, string | undefined>>): string[] =>
  Object.entries(defined(named)).map(([dimension, name]) => `${dimension}:${name}`);

function defined<Named extends Readonly<Record<string, string | undefined>>>(named: Named): Partial<Named> {
  return Object.fromEntries(Object.entries(named).filter(([, name]) => name !== undefined)) as Partial<Named>;
}
