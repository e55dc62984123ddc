import { PROBLEM_MEDIA_TYPE } from "@ai-usage/wire";
import { endpointGroups } from "../../lambdas/api/openapi/endpoints.ts";
import { exhaustedShape } from "../../lambdas/api/openapi/leases.ts";
import { problemShape } from "../../lambdas/api/openapi/shapes.ts";

const endpoints = endpointGroups
  .flatMap((group) => group.endpoints)
  .map((endpoint) => ({
    ...endpoint,
    pattern: new RegExp(`^${endpoint.path.replace(/\{\w+\}/g, "[^/]+").replaceAll(".", "\\.")}$`),
  }))
  // `/budgets/proposals` is no budget.
  .sort((a, b) => a.path.split("{").length - b.path.split("{").length);

/**
 * Holds an answer to what the OpenAPI document says of it: its status is one that is documented, every field that is
 * documented is there, and no other.
 *
 * @returns what is not as it is documented, or nothing
 */
export function contractProblem(
  asked: { readonly method: string; readonly path: string },
  answer: { readonly status: number; readonly contentType: string; readonly body: unknown },
): string | undefined {
  const { pathname } = new URL(asked.path, "https://api.example.com");
  const endpoint = endpoints.find(
    ({ method, pattern }) => method === asked.method.toLowerCase() && pattern.test(pathname),
  );
  if (endpoint === undefined) return answer.status === 404 ? undefined : `is not documented at all`;
  if (answer.contentType.startsWith(PROBLEM_MEDIA_TYPE)) {
    const isCommon = [400, 401, 403, 413, 415, 500, 503].includes(answer.status);
    if (!isCommon && endpoint.refusals?.[answer.status] === undefined) {
      // An id that can be none is refused before anything is looked up.
      if (answer.status !== 404 || !endpoint.path.includes("{")) return `refuses with ${answer.status}`;
    }
    const shape = answer.status === 402 || answer.status === 429 ? exhaustedShape : problemShape;
    return differenceFrom(shape, answer.body);
  }
  const documented = endpoint.answers[answer.status];
  if (documented === undefined) return `answers with ${answer.status}`;
  if (answer.contentType === endpoint.otherMediaType) return undefined;
  return differenceFrom(documented.schema, answer.body);
}

function differenceFrom(
  schema: { safeParse(value: unknown): { success: boolean; data?: unknown; error?: { message: string } } },
  body: unknown,
): string | undefined {
  const parsed = schema.safeParse(body);
  if (!parsed.success) return `has another shape: ${parsed.error?.message}`;
  const [shown, known] = [JSON.stringify(sorted(body)), JSON.stringify(sorted(parsed.data))];
  return shown === known ? undefined : `has fields that are not documented: ${shown} and not ${known}`;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => [name, sorted(member)]),
  );
}
