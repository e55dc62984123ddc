import type { Attributes, AttributeValue, OtlpSpan } from "./span.ts";

/** Who a call was made by and what for, as fields of a metric. */
const fields = ["user_id", "team", "feature", "environment", "job_id", "batch_id"] as const;
export type AttributionField = (typeof fields)[number];

/** A value, and the name of the attribute that it is from. */
export interface Attributed {
  readonly name: string;
  readonly value: string;
}

/** Names of ours for what has no other, and to overrule what has one. */
const OWN = "ai_usage.";
export const METADATA = `${OWN}metadata.`;

/**
 * What instrumentations put what an application says of a call under: OpenLLMetry, and the AI SDK.
 *
 * https://www.traceloop.com/docs/openllmetry/tracing/association
 * https://ai-sdk.dev/docs/ai-sdk-core/telemetry#telemetry-metadata
 */
const APPLICATION = ["traceloop.association.properties.", "ai.telemetry.metadata."];

/**
 * Names that conventions have for them.
 *
 * https://opentelemetry.io/docs/specs/semconv/registry/attributes/user/
 * https://opentelemetry.io/docs/specs/semconv/resource/deployment-environment/
 */
const conventional: Readonly<Partial<Record<AttributionField, readonly string[]>>> = {
  user_id: ["user.id", "enduser.id"],
  environment: ["deployment.environment.name", "deployment.environment"],
};

const SERVICE_NAME = "service.name";

const camelCase = (field: string) => field.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

const ofSpan = byField((field) => [
  OWN + field,
  ...(conventional[field] ?? []),
  ...APPLICATION.flatMap((prefix) => [prefix + field, prefix + camelCase(field)]),
]);

const ofResource = byField((field) => [
  OWN + field,
  ...(conventional[field] ?? []),
  ...(field === "feature" ? [SERVICE_NAME] : []),
]);

function byField(namesOf: (field: AttributionField) => string[]): ReadonlyMap<AttributionField, string[]> {
  return new Map(fields.map((field) => [field, namesOf(field)]));
}

export const attributionNames = [...ofSpan.values(), ...ofResource.values()].flat();

/** What the span says comes before what its resource says. */
export function attributionOf({ attributes, resource }: OtlpSpan): ReadonlyMap<AttributionField, Attributed> {
  const found = new Map<AttributionField, Attributed>();
  for (const field of fields) {
    const attributed =
      firstOf(attributes, ofSpan.get(field) ?? []) ?? firstOf(resource, ofResource.get(field) ?? []);
    if (attributed !== undefined) found.set(field, attributed);
  }
  return found;
}

function firstOf(attributes: Attributes, names: readonly string[]): Attributed | undefined {
  for (const name of names) {
    const value = textOf(attributes[name]);
    if (value !== undefined && !isUnset(name, value)) return { name, value };
  }
  return undefined;
}

/** What SDKs put where the application has not said its name: https://opentelemetry.io/docs/specs/semconv/resource/service/ */
function isUnset(name: string, value: string): boolean {
  return name === SERVICE_NAME && /^unknown_service(:|$)/.test(value);
}

function textOf(value: AttributeValue | undefined): string | undefined {
  const text = typeof value === "number" ? String(value) : value;
  return typeof text === "string" && text !== "" ? text : undefined;
}

/** `ai_usage.metadata.department` is the metadata `department`. */
export function metadataOf({ attributes, resource }: OtlpSpan): Record<string, AttributeValue> {
  const entries = [resource, attributes].flatMap((from) =>
    Object.entries(from)
      .filter(([name]) => name.startsWith(METADATA))
      .map(([name, value]): [string, AttributeValue] => [name.slice(METADATA.length), value]),
  );
  return Object.fromEntries(entries);
}
