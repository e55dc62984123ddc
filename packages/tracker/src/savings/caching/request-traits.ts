/** What of a request's body says whether its answer may be used again. */
export interface RequestTraits {
  readonly isStreamed: boolean;
  /** The answer depends on, or changes, what the provider keeps; or comes later. */
  readonly isStateful: boolean;
  readonly hasTools: boolean;
  readonly temperature: number | undefined;
  readonly namesUser: boolean;
}

type Members = Readonly<Record<string, unknown>>;

/** Where APIs keep what others have at the top: Gemini's SDK, Gemini's REST API, Converse. */
const NESTED = ["config", "generationConfig", "inferenceConfig"];
const TOOLS = ["tools", "functions", "mcp_servers", "toolConfig", "web_search_options"];
const USER = ["user", "safety_identifier"];

export function readTraits(request: unknown): RequestTraits {
  const body = membersOf(request);
  const places = [body, ...NESTED.map((name) => membersOf(body[name]))];
  const temperature = places.map((place) => place.temperature).find((value) => value !== undefined);
  return {
    isStreamed: body.stream === true,
    isStateful: isGiven(body.conversation) || isGiven(body.container) || body.background === true,
    hasTools: places.some((place) => TOOLS.some((name) => isGiven(place[name]))),
    temperature: typeof temperature === "number" ? temperature : undefined,
    namesUser: USER.some((name) => isGiven(body[name])) || isGiven(membersOf(body.metadata).user_id),
  };
}

function membersOf(value: unknown): Members {
  return typeof value === "object" && value !== null ? (value as Members) : {};
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0);
}
