/**
 * What of a `BedrockRuntimeClient` is used. Every way to call it goes through its middleware: `send` with a promise or a callback,
 * the methods of `BedrockRuntime`, paginators.
 *
 * https://github.com/smithy-lang/smithy-typescript/blob/main/packages/types/src/middleware.ts
 */
export interface BedrockClient {
  readonly middlewareStack: {
    add(middleware: Middleware, options: { step: "initialize"; name: string; override: boolean }): void;
  };
  readonly config: { readonly region?: (() => Promise<string>) | string };
}

export type Middleware = (next: Handler, context: { readonly commandName?: string }) => Handler;
export type Handler = (given: Given) => Promise<Result>;

export interface Given {
  readonly input: Input;
}

export interface Input {
  readonly modelId?: string;
  readonly inferenceConfig?: object;
}

export interface Result {
  readonly output: Output;
  /** As it came over HTTP. */
  readonly response?: { readonly headers?: Readonly<Record<string, string>> };
}

export interface Output {
  readonly $metadata?: Metadata;
  readonly stream?: unknown;
  readonly body?: unknown;
  readonly serviceTier?: unknown;
}

export interface Metadata {
  readonly requestId?: string;
  /** How often it was sent. */
  readonly attempts?: number;
}

/** Found out once; where it cannot be, the call itself fails for that. */
export function regionOf({
  config: { region },
}: BedrockClient): () => string | undefined | Promise<string | undefined> {
  let known: string | undefined;
  if (typeof region !== "function") return () => region;
  return () =>
    known ??
    region().then(
      (name) => {
        known = name;
        return name;
      },
      () => undefined,
    );
}
