import type { CallTerms } from "../../recording/call.ts";

type Body = Readonly<Record<string, unknown>>;

/** Least that a model may be given to think, and it has to be given more than that in all. https://platform.claude.com/docs/en/build-with-claude/extended-thinking */
const THINKING_TOKENS_MIN = 1_024;

interface Thinking {
  readonly budget_tokens?: number;
}

/** A body with the model and the most output that budgets allow: never more output than was asked for. */
export function withTerms(body: Body, { model, outputTokensMax }: CallTerms): Body {
  const other = model === undefined ? body : { ...body, model };
  return outputTokensMax === undefined ? other : capped(other, outputTokensMax);
}

function capped(body: Body, most: number): Body {
  const name = "max_tokens_to_sample" in body ? "max_tokens_to_sample" : "max_tokens";
  const asked = body[name];
  if (typeof asked === "number" && asked <= most) return body;
  const thinking = body.thinking as Thinking | null | undefined;
  const budget = thinking?.budget_tokens;
  if (typeof budget !== "number" || budget < most) return { ...body, [name]: most };
  const fitting = Math.max(most, THINKING_TOKENS_MIN + 1);
  return {
    ...body,
    [name]: typeof asked === "number" ? Math.min(asked, fitting) : fitting,
    thinking: { ...thinking, budget_tokens: Math.min(budget, fitting - 1) },
  };
}
