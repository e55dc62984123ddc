import { ASSUMED_ROUND_TRIP_MS, LAMBDA_MEMORY_OF_ONE_CPU_MIB, listPrices } from "./list-prices.ts";

/** What a million events consume, in millions where the price is of a million. */
export interface Consumption {
  /** Events in one request to the API. */
  readonly apiBatch: number;
  readonly requestBytes: number;
  /** Units for one event. */
  readonly writeUnits: { readonly event: number; readonly rollup: number };
  readonly readUnits: { readonly ingest: number; readonly budgetWatch: number };
  readonly functions: readonly FunctionUse[];
}

export interface FunctionUse {
  readonly name: string;
  readonly memoryMiB: number;
  /** Calls for one event. */
  readonly calls: number;
  /** Processor time for one event, measured here. */
  readonly cpuMs: number;
  /** Answers of DynamoDB that one call waits for, one after the other. */
  readonly roundTrips: number;
}

/** List price of a million events through the API, by what it is paid for. */
export function dollarsPerMillion(use: Consumption): Record<string, number> {
  const { dynamoDBWriteUnits, dynamoDBReadUnits, httpApiRequests, httpApiRequestBytes } = listPrices;
  const metered = Math.ceil(use.requestBytes / httpApiRequestBytes) / use.apiBatch;
  return {
    "writes of events": use.writeUnits.event * dynamoDBWriteUnits,
    "writes of totals": use.writeUnits.rollup * dynamoDBWriteUnits,
    "reads of ingest": use.readUnits.ingest * dynamoDBReadUnits,
    "reads of budget-watch": use.readUnits.budgetWatch * dynamoDBReadUnits,
    "HTTP API": metered * httpApiRequests,
    ...Object.fromEntries(use.functions.map((one) => [`Lambda ${one.name}`, lambdaDollars(one)])),
  };
}

function lambdaDollars({ memoryMiB, calls, cpuMs, roundTrips }: FunctionUse): number {
  const processors = Math.min(1, memoryMiB / LAMBDA_MEMORY_OF_ONE_CPU_MIB);
  const seconds = (cpuMs / processors + calls * roundTrips * ASSUMED_ROUND_TRIP_MS) / 1000;
  const gigabyteSeconds = seconds * (memoryMiB / 1024);
  return calls * listPrices.lambdaInvocations + gigabyteSeconds * 1e6 * listPrices.lambdaGigabyteSecond;
}
