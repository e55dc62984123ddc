/**
 * What of a client of `@google/genai` is looked at. Its public methods call private ones that make one request each, and one
 * public call can be several: functions that the SDK calls by itself, answers that it has continued. Every request is billed,
 * so the private ones are watched.
 *
 * https://github.com/googleapis/js-genai/blob/main/src/models.ts
 */
export interface GoogleClient {
  readonly models: Methods & { readonly apiClient?: ApiClient };
  readonly operations?: Methods;
  readonly batches?: Methods;
}

export type Methods = Record<string, unknown>;

export type Method = (this: unknown, parameters: Parameters) => Promise<unknown>;

export interface Parameters {
  readonly model?: unknown;
  readonly config?: Readonly<Record<string, unknown>>;
}

interface ApiClient {
  isVertexAI?(): boolean;
  getLocation?(): string | undefined;
}

export interface Billing {
  readonly service: string;
  readonly region?: string;
}

/** Vertex AI and AI Studio bill apart, and have prices of their own. */
export function billingOf({ models }: GoogleClient, service?: string): Billing {
  const { apiClient } = models;
  const isVertex = apiClient?.isVertexAI?.() === true;
  const region = isVertex ? apiClient?.getLocation?.() : undefined;
  return {
    service: service ?? (isVertex ? "vertex_ai" : "google"),
    ...(region !== undefined && { region }),
  };
}

/** Without the path around it: `models/gemini-2.5-pro`, `projects/…/publishers/google/models/gemini-2.5-pro`. */
export function bareModel(model: unknown): string | undefined {
  if (typeof model !== "string") return undefined;
  return /(?:^|\/)models\/([^/]+)/.exec(model)?.[1] ?? model;
}
