/** What a request's method and path lead to: `GET /budgets/{id}`, `ANY /{proxy+}` or `$default`. */
export interface RoutePattern {
  readonly routeKey: string;
}

export interface RouteMatch<Route> {
  readonly route: Route;
  readonly pathParameters: Readonly<Record<string, string>>;
}

interface ParsedKey {
  readonly method: string;
  readonly segments: readonly string[];
}

/**
 * Picks as API Gateway does: the most specific path wins, segment by segment (text before `{id}` before `{proxy+}`),
 * a named method before ANY, `$default` when nothing else matches. A greedy segment takes one segment at least.
 */
export function matchRoute<Route extends RoutePattern>(
  routes: readonly Route[],
  method: string,
  path: string,
): RouteMatch<Route> | undefined {
  const segments = path.replace(/^\//, "").split("/");
  const matches = routes.flatMap((route) => {
    const key = parseRouteKey(route.routeKey);
    if (key === undefined || (key.method !== "ANY" && key.method !== method)) return [];
    const pathParameters = matchSegments(key.segments, segments);
    return pathParameters === undefined ? [] : [{ route, pathParameters, rank: rank(key) }];
  });
  const best = matches.sort((one, other) => (one.rank < other.rank ? -1 : 1))[0];
  if (best !== undefined) return { route: best.route, pathParameters: best.pathParameters };
  const fallback = routes.find(({ routeKey }) => routeKey === "$default");
  return fallback && { route: fallback, pathParameters: {} };
}

function parseRouteKey(routeKey: string): ParsedKey | undefined {
  const [method, path] = routeKey.split(" ");
  if (method === undefined || path === undefined) return undefined;
  return { method, segments: path.replace(/^\//, "").split("/") };
}

function matchSegments(
  pattern: readonly string[],
  segments: readonly string[],
): Record<string, string> | undefined {
  const parameters: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const segment = segments[index];
    if (segment === undefined) return undefined;
    const name = /^\{(\w+)(\+?)\}$/.exec(part);
    if (name === null) {
      if (segment !== part) return undefined;
      continue;
    }
    if (segment === "") return undefined;
    if (name[2] === "+") {
      parameters[name[1] ?? ""] = segments.slice(index).join("/");
      return parameters;
    }
    parameters[name[1] ?? ""] = segment;
  }
  return pattern.length === segments.length ? parameters : undefined;
}

/** Sorts as text: one digit per segment, then one for the method. */
function rank({ method, segments }: ParsedKey): string {
  const digits = segments.map((part) => (part.endsWith("+}") ? "2" : part.startsWith("{") ? "1" : "0"));
  return `${digits.join("")}${method === "ANY" ? "4" : "3"}`;
}
