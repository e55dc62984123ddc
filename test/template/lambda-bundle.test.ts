import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Stack } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { Function as LambdaFunction, Runtime } from "aws-cdk-lib/aws-lambda";
import { afterAll, describe, expect, it } from "vitest";
import { functionNames, lambdaBundle } from "../../lib/lambda-bundle.ts";
import { newApp } from "./synthesized.ts";

const directory = mkdtempSync(join(tmpdir(), "ai-usage-lambdas-"));
afterAll(() => rmSync(directory, { recursive: true }));

function handlers(name: string): string {
  const lambdas = join(directory, name);
  for (const fn of functionNames) {
    mkdirSync(join(lambdas, fn), { recursive: true });
    writeFileSync(join(lambdas, fn, "handler.ts"), `export const handler = (): string => "${fn}";`);
  }
  return lambdas;
}

function assetsOf(lambdas: string): Record<string, string> {
  const stack = new Stack(newApp(), "stack");
  for (const name of functionNames) {
    new LambdaFunction(stack, name, {
      runtime: Runtime.NODEJS_24_X,
      handler: "index.handler",
      code: lambdaBundle(name, lambdas),
      description: name,
    });
  }
  const functions = Object.values(Template.fromStack(stack).findResources("AWS::Lambda::Function"));
  return Object.fromEntries(
    functions.map(({ Properties }) => [Properties.Description, Properties.Code.S3Key]),
  );
}

describe("the bundles", () => {
  const lambdas = handlers("here");

  it("are one for each function", () => {
    expect(new Set(Object.values(assetsOf(lambdas))).size).toBe(functionNames.length);
  });

  it("are the same bytes for the same source, wherever it lies", () => {
    const elsewhere = join(directory, "elsewhere/deeper");
    cpSync(lambdas, elsewhere, { recursive: true });
    expect(assetsOf(elsewhere)).toEqual(assetsOf(lambdas));
  });

  it("change with the source of their own function only", () => {
    const changed = handlers("changed");
    writeFileSync(join(changed, "api/handler.ts"), 'export const handler = (): string => "changed";');
    const [before, after] = [assetsOf(lambdas), assetsOf(changed)];
    expect(functionNames.filter((name) => before[name] !== after[name])).toEqual(["api"]);
  });

  it("are not made without a handler", () => {
    const incomplete = handlers("incomplete");
    rmSync(join(incomplete, "notify"), { recursive: true });
    expect(() => lambdaBundle("notify", incomplete)).toThrow("notify/handler.ts");
  });
});
