import { readFileSync } from "node:fs";
import { openTable } from "@ai-usage/store";
import { Validator } from "@seriousme/openapi-schema-validator";
import { describe, expect, it } from "vitest";
import packageJson from "../../../package.json" with { type: "json" };
import { createApi } from "../api.ts";
import type { ApiParts } from "../context.ts";
import { openApiDocument } from "./document.ts";
import { endpointGroups } from "./endpoints.ts";

const document = openApiDocument(endpointGroups, packageJson.version);
const endpoints = endpointGroups.flatMap((group) => group.endpoints);

/** No request is made: the routes are listed only. */
const parts: ApiParts = {
  table: openTable("none"),
  clock: () => {
    throw new Error("nobody asks");
  },
  prices: {} as ApiParts["prices"],
  channels: {} as ApiParts["channels"],
  scopeMetadataKeys: [],
  unpricedPolicy: "allow",
  approval: {},
  startRestatement: async () => {},
};

/** The ingest function answers them. */
const elsewhere = ["POST /ai_usage", "POST /outcomes", "POST /v1/traces"];

describe("the OpenAPI document", () => {
  it("is valid, and its references lead somewhere", async () => {
    const validator = new Validator();
    const { valid, errors } = await validator.validate(structuredClone(document));
    expect(errors).toBeUndefined();
    expect([valid, validator.version]).toEqual([true, "3.1"]);
    expect(() => validator.resolveRefs()).not.toThrow();
  });

  it("lies in the guide as the code says it (npm run openapi)", () => {
    const written = readFileSync(new URL("../../../docs/openapi.json", import.meta.url), "utf8");
    expect(JSON.parse(written)).toEqual(document);
  });

  it("has every route of the API, and no other", () => {
    const routes = createApi(parts).routes.map(
      ({ method, path }) => `${method} ${path.replace(/:\w+/g, "{}")}`,
    );
    const documented = endpoints.map(
      ({ method, path }) => `${method.toUpperCase()} ${path.replace(/\{\w+\}/g, "{}")}`,
    );
    expect([...new Set(documented)]).toHaveLength(documented.length);
    expect(documented.filter((one) => !elsewhere.includes(one)).toSorted()).toEqual(
      [...new Set(routes)].toSorted(),
    );
  });

  it("gives each endpoint a name of its own, and a word on each part of its path", () => {
    const names = endpoints.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { path, params = {} } of endpoints) {
      const parts = [...path.matchAll(/\{(\w+)\}/g)].map(([, part]) => part);
      expect(Object.keys(params).toSorted()).toEqual(parts.toSorted());
    }
  });

  it.each(endpoints.filter(({ bodyExample }) => bodyExample !== undefined))(
    "has an example of $method $path that is taken",
    ({ body, bodyExample }) => {
      expect(body?.safeParse(bodyExample).error).toBeUndefined();
    },
  );

  it("asks for a token wherever there is something to know", () => {
    const open = endpoints.filter(({ role }) => role === undefined).map(({ path }) => path);
    expect(open).toEqual(["/health", "/openapi.json"]);
  });
});
