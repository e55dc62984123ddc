import * as z from "zod";
import type { EndpointGroup } from "./endpoint.ts";

export const serviceEndpoints: EndpointGroup = {
  name: "service",
  description: "The service itself.",
  endpoints: [
    {
      method: "get",
      path: "/health",
      name: "getHealth",
      summary: "Whether it answers, and its version",
      answers: {
        200: {
          means: "It does.",
          schema: z.object({ status: z.literal("ok"), version: z.string() }),
        },
      },
    },
    {
      method: "get",
      path: "/openapi.json",
      name: "getDescription",
      summary: "This document",
      answers: {
        200: {
          means: "An OpenAPI document.",
          schema: z.looseObject({ openapi: z.string(), paths: z.record(z.string(), z.unknown()) }),
        },
      },
    },
  ],
};
