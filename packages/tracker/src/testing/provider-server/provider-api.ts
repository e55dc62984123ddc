import type { BatchEnd } from "./batches.ts";
import type { ReceivedRequest } from "./received-request.ts";
import type { ErrorShape, Route } from "./reply.ts";

export interface ProviderApi {
  readonly name: string;
  /** By method and path; a `*` stands for one part of it, or the rest of one up to the text that follows. */
  readonly routes: Readonly<Record<string, Route>>;
  readonly errors: ErrorShape;
  /** Whose request it is, where the path does not tell. */
  recognizes(request: ReceivedRequest): boolean;
  finishBatches?(end: BatchEnd): void;
}

export interface FoundRoute {
  readonly api: ProviderApi;
  readonly route: Route;
  readonly parameters: readonly string[];
}

interface CompiledRoute {
  readonly api: ProviderApi;
  readonly route: Route;
  readonly pattern: RegExp;
}

/** Finds who answers a request, among all providers' routes. */
export class Router {
  readonly #apis: readonly ProviderApi[];
  readonly #routes: readonly CompiledRoute[];

  constructor(apis: readonly ProviderApi[]) {
    this.#apis = apis;
    this.#routes = apis.flatMap((api) =>
      Object.entries(api.routes).map(([name, route]) => ({ api, route, pattern: patternOf(name) })),
    );
  }

  find(request: ReceivedRequest): FoundRoute | undefined {
    const name = `${request.method} ${request.path}`;
    const found = this.#routes
      .map((route) => ({ ...route, match: route.pattern.exec(name) }))
      .filter((route) => route.match !== null);
    const best = found.find(({ api }) => api.recognizes(request)) ?? found[0];
    return best && { ...best, parameters: (best.match ?? []).slice(1).map(decodeURIComponent) };
  }

  /** Whose words an error is told in. The first is who is taken for it when none recognizes the request. */
  apiFor(request: ReceivedRequest): ProviderApi {
    const [first] = this.#apis;
    const api = this.#apis.find((one) => one.recognizes(request)) ?? first;
    if (!api) throw new Error("a server without providers");
    return api;
  }
}

const patternOf = (name: string): RegExp => new RegExp(`^${name.split("*").map(escaped).join("([^/]+?)")}$`);

const escaped = (text: string): string => text.replace(/[.?+^$()[\]{}|\\]/g, "\\$&");
