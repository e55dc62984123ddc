import type { CallTerms } from "../../recording/call.ts";

type Body = Readonly<Record<string, unknown>>;

/** Fewer are refused: https://developers.openai.com/api/docs/api-reference/responses/create (`max_output_tokens`) */
const RESPONSE_TOKENS_MIN = 16;

/** A body with the model and the most output that budgets allow: never more output than was asked for. */
export function withTerms(path: string, service: string, body: Body, terms: CallTerms): Body {
  const { model, outputTokensMax } = terms;
  const other = model === undefined || body.model === undefined ? body : { ...body, model };
  return outputTokensMax === undefined ? other : capped(path, service, other, outputTokensMax);
}

function capped(path: string, service: string, body: Body, most: number): Body {
  if (path === "/responses") {
    return lowered(body, "max_output_tokens", Math.max(most, RESPONSE_TOKENS_MIN));
  }
  if (path !== "/chat/completions" && path !== "/completions") return body;
  // Each of several answers may be that long.
  const each = Math.max(1, Math.floor(most / answersOf(body)));
  return lowered(body, path === "/completions" ? "max_tokens" : nameOf(service, body), each);
}

/** Models that reason take the newer name alone; other providers often the older one alone. */
function nameOf(service: string, body: Body): string {
  for (const name of ["max_completion_tokens", "max_tokens"]) if (isCount(body[name])) return name;
  return service === "openai" || service === "azure" ? "max_completion_tokens" : "max_tokens";
}

function lowered(body: Body, name: string, most: number): Body {
  const asked = body[name];
  return isCount(asked) && asked <= most ? body : { ...body, [name]: most };
}

const answersOf = ({ n }: Body): number => (isCount(n) ? n : 1);

const isCount = (value: unknown): value is number => typeof value === "number" && value > 0;
