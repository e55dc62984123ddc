import type { TestProject } from "vitest/node";
import { startEngine } from "../../packages/local/src/engine/index.ts";
import { tableProperties } from "./table-definition.ts";

declare module "vitest" {
  interface ProvidedContext {
    dynamoDBEndpoint: string;
    /** Properties of the table in the template, JSON. */
    tableProperties: string;
  }
}

/** One engine for all integration tests: the one that DYNAMODB_ENDPOINT names, or the embedded one. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  project.provide("tableProperties", tableProperties());
  const engine = await startEngine({ home: undefined });
  project.provide("dynamoDBEndpoint", engine.endpoint);
  return () => engine.stop();
}
