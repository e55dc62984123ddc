/**
 * The attributes of a span by name: of a record, of a list as OTLP writes it, or of a span that has either.
 *
 * https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */
export function attributesOf(span: unknown): Readonly<Record<string, unknown>> {
  const attributes = isRecord(span) && "attributes" in span ? span.attributes : span;
  if (!Array.isArray(attributes)) return isRecord(attributes) ? attributes : {};
  const list: readonly unknown[] = attributes;
  return Object.fromEntries(list.flatMap((item) => (isRecord(item) ? [attributeIn(item)] : [])));
}

/** `{"key": "gen_ai.usage.input_tokens", "value": {"intValue": "100"}}`; large integers are text in JSON. */
function attributeIn({ key, value }: Record<string, unknown>): [string, unknown] {
  const { stringValue, intValue, doubleValue, boolValue } = isRecord(value) ? value : {};
  return [String(typeof key === "string" ? key : ""), stringValue ?? intValue ?? doubleValue ?? boolValue];
}

/** The members whose names begin so, by the rest of their names. */
export function withPrefix(
  attributes: Readonly<Record<string, unknown>>,
  prefix: string,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.keys(attributes)
      .filter((name) => name.startsWith(prefix))
      .map((name) => [name.slice(prefix.length), attributes[name]]),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
