/** What the id of a model on Bedrock says. */
export interface BedrockModel {
  /** Without an ARN around it. The prefix of an inference profile stays: prices are listed by it. */
  readonly model: string;
  /** The geography of an inference profile, which decides the price: `us`, `eu`, `global`. Or the Region of an ARN. */
  readonly region?: string;
  /** `anthropic`, `amazon`, `openai`. */
  readonly maker?: string;
  /** On throughput that is paid by the hour. */
  readonly isProvisioned: boolean;
}

const GEOGRAPHY = /^(global|us-gov|us|eu|apac|jp|au)\.(?=[a-z0-9]+\.)/;
const ARN = /^arn:[a-z-]+:bedrock:([a-z0-9-]*):\d*:([a-z-]+)\/(.+)$/;

/**
 * Reads a model id, the id of an inference profile (`us.anthropic.…`), or the ARN of either.
 *
 * https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html
 */
export function bedrockModelOf(id: string | undefined): BedrockModel | undefined {
  if (id === undefined) return undefined;
  const [, arnRegion, resourceType, resource] = ARN.exec(id) ?? [];
  const name = resource ?? id;
  const geography = GEOGRAPHY.exec(name)?.[1];
  const region = geography ?? (arnRegion || undefined);
  const maker = /^([a-z0-9]+)\./.exec(name.slice(geography === undefined ? 0 : geography.length + 1))?.[1];
  return {
    model: name,
    isProvisioned: resourceType === "provisioned-model",
    ...(region !== undefined && { region }),
    ...(maker !== undefined && { maker }),
  };
}
