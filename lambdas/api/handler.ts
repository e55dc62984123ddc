import { instantFromEpochMs } from "@ai-usage/core";
import { handle } from "hono/aws-lambda";
import { tableFromEnvironment } from "../environment.ts";
import { createApi } from "./api.ts";

const table = tableFromEnvironment();

/** Every route of the HTTP API but `POST /ai_usage`. */
export const handler = handle(createApi({ table, clock: () => instantFromEpochMs(Date.now()) }));
