import { PROBLEM_MEDIA_TYPE } from "@ai-usage/wire";
import * as z from "zod";
import type { Endpoint, EndpointAnswer, EndpointGroup } from "./endpoint.ts";
import { type JsonObject, JsonSchemas } from "./json-schemas.ts";
import { exhaustedShape } from "./leases.ts";
import { parameterMeanings } from "./parameter-meanings.ts";
import { problemShape } from "./shapes.ts";

/** Refusals that every request with a token may get, by their names in the document. */
const commonRefusals = {
  400: ["BadRequest", "Something of the request is not what it must be; `errors` names each field."],
  401: ["NoToken", "There is no token."],
  403: ["NotAllowed", "The token is not known, or may not do this."],
  500: ["OurFault", "It is not the request's fault; try again later."],
  503: ["TooBusy", "Too many change the same at once; try again."],
} as const;

/** An OpenAPI document of version 3.1 over all `groups`. */
export function openApiDocument(groups: readonly EndpointGroup[], version: string): JsonObject {
  const schemas = new JsonSchemas();
  const paths: Record<string, JsonObject> = {};
  for (const { name, endpoints } of groups) {
    for (const endpoint of endpoints) {
      const before = paths[endpoint.path];
      paths[endpoint.path] = { ...before, [endpoint.method]: operationOf(endpoint, name, schemas) };
    }
  }
  const responses = Object.fromEntries(
    Object.values(commonRefusals).map(([name, means]) => [name, refusal(means, schemas)]),
  );
  return {
    openapi: "3.1.1",
    info: {
      title: "ai-usage",
      version,
      description:
        "Meters AI calls, prices them and holds them against budgets. Amounts are exact decimal text in answers, " +
        "and text or numbers in requests. Instants are answered by UTC.",
      license: { name: "Apache 2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/" }],
    tags: groups.map(({ name, description }) => ({ name, description })),
    paths,
    components: { schemas: schemas.named(), responses, securitySchemes },
  };
}

const securitySchemes = {
  token: {
    type: "http",
    scheme: "bearer",
    description:
      "A token that `POST /tokens` made. Its roles say what it may do: `ingest` sends metrics and takes leases, " +
      "`read` reads, `admin` does all. It may be limited to scopes.",
  },
};

function operationOf(endpoint: Endpoint, group: string, schemas: JsonSchemas): JsonObject {
  const { role, unlimited, description, body, bodyExample, query } = endpoint;
  const needs = unlimited ? "Takes a token that is not limited to scopes." : "";
  const text = [description, needs].filter(Boolean).join("\n\n");
  const parameters = [...pathParameters(endpoint), ...queryParameters(query, schemas)];
  return {
    operationId: endpoint.name,
    tags: [group],
    summary: endpoint.summary,
    ...(text !== "" && { description: text }),
    security: role === undefined ? [] : [{ token: [role] }],
    ...(parameters.length > 0 && { parameters }),
    ...(body && {
      requestBody: {
        required: !body.safeParse({}).success,
        content: contentsOf(endpoint, { schema: body, example: bodyExample }, schemas),
      },
    }),
    responses: {
      ...refusalsOf(endpoint, schemas),
      ...Object.fromEntries(
        Object.entries(endpoint.answers).map(([status, { means, ...answer }]) => [
          status,
          { description: means, content: contentsOf(endpoint, answer, schemas) },
        ]),
      ),
    },
  };
}

function pathParameters({ path, params = {} }: Endpoint): JsonObject[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => ({
    name,
    in: "path",
    required: true,
    description: params[name] ?? "",
    schema: { type: "string" },
  }));
}

function queryParameters(query: z.ZodType | undefined, schemas: JsonSchemas): JsonObject[] {
  if (query === undefined) return [];
  return schemas.membersOf(query).map(({ name, required, schema }) => {
    const description = parameterMeanings[name];
    if (description === undefined) throw new Error(`parameter-meanings.ts has to say what ${name} is`);
    return { name, in: "query", required, description, schema };
  });
}

function contentsOf(
  { otherMediaType }: Endpoint,
  content: Omit<EndpointAnswer, "means">,
  schemas: JsonSchemas,
): JsonObject {
  return {
    "application/json": contentOf(content, schemas),
    ...(otherMediaType !== undefined && { [otherMediaType]: {} }),
  };
}

function contentOf({ schema, example }: Omit<EndpointAnswer, "means">, schemas: JsonSchemas): JsonObject {
  return {
    schema: schemas.of(schema),
    ...(example !== undefined && { example: z.json().parse(example) }),
  };
}

function refusalsOf({ role, refusals = {}, body, query }: Endpoint, schemas: JsonSchemas): JsonObject {
  const isRead = body !== undefined || query !== undefined;
  const common = Object.entries(role === undefined ? {} : commonRefusals)
    .filter(([status]) => status !== "400" || isRead)
    .map(([status, [name]]): [string, JsonObject] => [status, { $ref: `#/components/responses/${name}` }]);
  const own = Object.entries(refusals).map(([status, means]): [string, JsonObject] => [
    status,
    refusal(means, schemas, EXHAUSTED.includes(status) ? exhaustedShape : problemShape),
  ]);
  return Object.fromEntries([...common, ...own]);
}

/** A budget that is short is told in more than words. */
const EXHAUSTED = ["402", "429"];

function refusal(description: string, schemas: JsonSchemas, shape: z.ZodType = problemShape): JsonObject {
  return { description, content: { [PROBLEM_MEDIA_TYPE]: { schema: schemas.of(shape) } } };
}
