import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Stack } from "../template/stack.ts";

export interface FixtureAssembly {
  /** Source of each function's `index.mjs`, by the name its `Code.S3Key` has without `.zip`. */
  readonly functions?: Readonly<Record<string, string>>;
  readonly resources: Readonly<Record<string, { Type: string; Properties?: Record<string, unknown> }>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

/** Writes what `cdk synth` would write for a template. */
export function writeAssembly(
  directory: string,
  { functions = {}, resources, outputs = {} }: FixtureAssembly,
): void {
  mkdirSync(directory, { recursive: true });
  const write = (name: string, value: unknown) => writeFileSync(join(directory, name), JSON.stringify(value));
  const files: Record<string, unknown> = {};
  for (const [name, source] of Object.entries(functions)) {
    mkdirSync(join(directory, `asset.${name}`), { recursive: true });
    writeFileSync(join(directory, `asset.${name}`, "index.mjs"), source);
    files[name] = {
      source: { path: `asset.${name}`, packaging: "zip" },
      destinations: { current: { objectKey: `${name}.zip` } },
    };
  }
  write("fixture.assets.json", { files });
  write("fixture.template.json", {
    Resources: resources,
    Outputs: Object.fromEntries(Object.entries(outputs).map(([name, Value]) => [name, { Value }])),
  });
  write("manifest.json", {
    artifacts: {
      "fixture.assets": { type: "cdk:asset-manifest", properties: { file: "fixture.assets.json" } },
      fixture: { type: "aws:cloudformation:stack", properties: { templateFile: "fixture.template.json" } },
    },
  });
}

/** A function of the fixture, `Code` and all. */
export function functionResource(name: string, properties: Record<string, unknown> = {}) {
  return {
    Type: "AWS::Lambda::Function",
    Properties: {
      FunctionName: name,
      Code: { S3Bucket: "assets", S3Key: `${name}.zip` },
      Handler: "index.handler",
      Runtime: "nodejs24.x",
      Timeout: 10,
      ...properties,
    },
  };
}

export function temporaryDirectory(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "ai-usage-local-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** A stack that has no functions, or none that are run. */
export function fixtureStack({ resources, outputs = {} }: FixtureAssembly): Stack {
  return new Stack({
    stackName: "fixture",
    resources: new Map(
      Object.entries(resources).map(([logicalId, { Type, Properties = {} }]) => [
        logicalId,
        { logicalId, type: Type, properties: Properties },
      ]),
    ),
    parameters: new Map(),
    outputs: new Map(Object.entries(outputs)),
    assets: new Map(),
  });
}
