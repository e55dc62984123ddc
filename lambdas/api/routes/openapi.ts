import { Hono } from "hono";
import document from "../../../docs/openapi.json" with { type: "json" };
import type { ApiEnvironment } from "../context.ts";

/** The description of the API, as it lies in the guide. */
export function openApiRoutes(): Hono<ApiEnvironment> {
  return new Hono<ApiEnvironment>().get("/", (context) => context.json(document));
}
