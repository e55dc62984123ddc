/**
 * List prices of AWS in us-east-1, in US dollars, as known in November 2026, without free tiers and discounts. A
 * million is the unit everywhere, but for memory.
 */
export const listPrices = {
  /** Standard table class, on demand: https://aws.amazon.com/dynamodb/pricing/on-demand/ */
  dynamoDBWriteUnits: 0.625,
  dynamoDBReadUnits: 0.125,
  /** HTTP API, first 300 million requests, one for each 512 KB: https://aws.amazon.com/api-gateway/pricing/ */
  httpApiRequests: 1.0,
  httpApiRequestBytes: 512 * 1024,
  /** arm64: https://aws.amazon.com/lambda/pricing/ . What Lambda itself reads of a table's stream is free. */
  lambdaInvocations: 0.2,
  lambdaGigabyteSecond: 0.0000133334,
} as const;

/** Memory that gives a function one whole processor: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
export const LAMBDA_MEMORY_OF_ONE_CPU_MIB = 1769;

/** What a function waits for one answer of DynamoDB. Not measured: no AWS account was at hand. */
export const ASSUMED_ROUND_TRIP_MS = 5;
