import type { Ingest, openIngest } from "@ai-usage/ingest";
import { clockAheadOf } from "./clock-correction.ts";
import { dynamoDBFailure } from "./dynamodb-failure.ts";
import { ingestBody, ingestOutcomes } from "./ingest-answer.ts";
import { type BatchReceipt, type Transport, TransportError } from "./transport.ts";

/**
 * `retentionDays`, `metricIndex` and `scopeMetadataKeys` are settings of the deployed stack: where it has others than the defaults, they have to
 * be the same here, since what is stored with other ones is listed, counted and kept otherwise.
 */
export interface DynamoDBTransportOptions {
  /** Output `TableName` of the deployed stack. @default DYNAMODB_TABLE_NAME */
  readonly tableName?: string;
  /**
   * A `DynamoDBClient`, or a `DynamoDBDocumentClient` whatever its options: it stays as it is.
   * @default one with the environment's region and credentials
   */
  readonly client?: DynamoDBClientLike;
  /** @default 400 */
  readonly retentionDays?: number;
  /** @default true */
  readonly metricIndex?: boolean;
  /** @default ["department", "project", "cost_center"] */
  readonly scopeMetadataKeys?: readonly string[];
  /** How often it is looked whether the stack's own prices have changed, at most. @default 20 */
  readonly priceRefreshSeconds?: number;
  /** Told of own prices that cannot be read or used. @default nobody is: the stack's functions log the same */
  readonly onPriceProblem?: (message: string) => void;
}

/** What of a client of the SDK is used. */
export interface DynamoDBClientLike {
  readonly config: object;
  readonly middlewareStack: object;
  // The SDK's commands are generic over all that a service can do.
  send(command: never): Promise<unknown>;
}

/**
 * Stores metrics in the stack's table, priced and written as its ingest function does it: IAM says who may.
 * @throws TypeError when no table is named, or what is named cannot be one
 */
export function dynamoDBTransport(options: DynamoDBTransportOptions = {}): Transport {
  return new DynamoDBTransport(options);
}

type Store = (body: unknown) => Promise<{ readonly body: unknown }>;

interface Opened {
  readonly store: Store;
  /** Has the table answer something. */
  readonly touch: () => Promise<unknown>;
}

class DynamoDBTransport implements Transport {
  readonly name = "dynamodb";
  readonly destination: string;
  readonly #options: DynamoDBTransportOptions;
  #opened: Promise<Opened> | undefined;
  #aheadMs: number | undefined;

  constructor(options: DynamoDBTransportOptions) {
    this.#options = options;
    this.destination = nameOfTable(options.tableName ?? process.env.DYNAMODB_TABLE_NAME?.trim());
  }

  /** Any answer tells the time; reading prices is due anyway. */
  async clockAheadMs(): Promise<number | undefined> {
    const { touch } = await this.#open();
    await touch().catch(refuse);
    return this.#aheadMs;
  }

  async send(lines: readonly string[]): Promise<BatchReceipt> {
    const { store } = await this.#open();
    const { body } = await store(parsed(lines)).catch(refuse);
    const aheadMs = this.#aheadMs;
    return { outcomes: ingestOutcomes(body), ...(aheadMs !== undefined && { clockAheadMs: aheadMs }) };
  }

  async #open(): Promise<Opened> {
    this.#opened ??= this.#load();
    return this.#opened.catch((error: unknown) => {
      this.#opened = undefined;
      const message =
        "@aws-sdk/client-dynamodb and @aws-sdk/lib-dynamodb are needed to write to a table: install them";
      throw new TransportError(message, { reason: "misconfigured", cause: error });
    });
  }

  /** The SDK, the prices and what checks metrics are loaded when they are needed, and by nobody else. */
  async #load(): Promise<Opened> {
    const [{ openIngest, ingestRequest }, { instantFromEpochMs }] = await Promise.all([
      import("@ai-usage/ingest"),
      import("@ai-usage/core"),
    ]);
    const ingest = openIngest(ingestOptions(this.destination, this.#options));
    this.#watchClock(ingest);
    const now = () => instantFromEpochMs(Date.now() + (this.#aheadMs ?? 0));
    return {
      store: (body) => ingestRequest(ingest, body, now()),
      touch: () => ingest.prices.current(now()),
    };
  }

  #watchClock({ table }: Ingest): void {
    table.client.middlewareStack.add(
      (next) => async (args) => {
        const sentAt = Date.now();
        const answer = await next(args);
        const { headers } = answer.response as { headers?: Record<string, string> };
        this.#aheadMs = clockAheadOf(headers?.date, (sentAt + Date.now()) / 2) ?? this.#aheadMs;
        return answer;
      },
      { step: "deserialize", name: "aiUsageClock" },
    );
  }
}

type IngestOptions = Parameters<typeof openIngest>[0];

function ingestOptions(tableName: string, options: DynamoDBTransportOptions): IngestOptions {
  const { client, retentionDays, metricIndex, scopeMetadataKeys, priceRefreshSeconds, onPriceProblem } =
    options;
  return {
    tableName,
    ...(client !== undefined && { client: client as IngestOptions["client"] & {} }),
    ...(retentionDays !== undefined && { retentionDays }),
    ...(metricIndex !== undefined && { serviceIndex: metricIndex }),
    ...(scopeMetadataKeys !== undefined && { scopeMetadataKeys }),
    ...(priceRefreshSeconds !== undefined && { refreshSeconds: priceRefreshSeconds }),
    ...(onPriceProblem !== undefined && { onProblem: onPriceProblem }),
  };
}

// By its ARN a table answers too, but batches are answered by name: what was left unprocessed would not be found.
function nameOfTable(name: string | undefined): string {
  if (!name) throw new TypeError("no table is named: give tableName, or set DYNAMODB_TABLE_NAME");
  if (/^[\w.-]{3,255}$/.test(name)) return name;
  throw new TypeError(`the table must be given by its name, which ${name} cannot be`);
}

function parsed(lines: readonly string[]): unknown {
  try {
    return JSON.parse(ingestBody(lines));
  } catch {
    throw new TransportError("a line is no JSON", { reason: "refused" });
  }
}

/** @throws TransportError */
function refuse(error: unknown): never {
  throw dynamoDBFailure(error);
}
