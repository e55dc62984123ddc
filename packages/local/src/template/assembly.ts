import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import * as z from "zod";

/** What `cdk synth` wrote, read but not yet resolved. */
export interface Assembly {
  readonly stackName: string;
  readonly resources: ReadonlyMap<string, TemplateResource>;
  /** Default values of the template's parameters. */
  readonly parameters: ReadonlyMap<string, string>;
  readonly outputs: ReadonlyMap<string, unknown>;
  /** Directory of a file asset, by the object key that the template names (`<hash>.zip`). */
  readonly assets: ReadonlyMap<string, string>;
}

export interface TemplateResource {
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

const manifestSchema = z.object({
  artifacts: z.record(
    z.string(),
    z.object({
      type: z.string(),
      properties: z
        .object({
          templateFile: z.string().optional(),
          stackName: z.string().optional(),
          file: z.string().optional(),
        })
        .optional(),
    }),
  ),
});

const templateSchema = z.object({
  Resources: z.record(
    z.string(),
    z.object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).default({}) }),
  ),
  Parameters: z.record(z.string(), z.object({ Default: z.coerce.string().optional() })).default({}),
  Outputs: z.record(z.string(), z.object({ Value: z.unknown() })).default({}),
});

const assetsSchema = z.object({
  files: z.record(
    z.string(),
    z.object({
      source: z.object({ path: z.string(), packaging: z.string() }),
      destinations: z.record(z.string(), z.object({ objectKey: z.string() })),
    }),
  ),
});

export async function loadAssembly(directory: string): Promise<Assembly> {
  const manifest = manifestSchema.parse(await readJson(join(directory, "manifest.json")));
  const artifacts = Object.entries(manifest.artifacts);
  const stacks = artifacts.filter(([, artifact]) => artifact.type === "aws:cloudformation:stack");
  const [id, stack] = stacks[0] ?? [];
  if (stacks.length !== 1 || id === undefined || stack?.properties?.templateFile === undefined) {
    throw new Error(`${directory} has ${stacks.length} stacks; the local runtime runs exactly one`);
  }

  const template = templateSchema.parse(await readJson(join(directory, stack.properties.templateFile)));
  const assetFiles = artifacts
    .filter(([, artifact]) => artifact.type === "cdk:asset-manifest")
    .flatMap(([, artifact]) => artifact.properties?.file ?? []);
  return {
    stackName: stack.properties.stackName ?? id,
    resources: new Map(
      Object.entries(template.Resources).map(([logicalId, resource]) => [
        logicalId,
        { logicalId, type: resource.Type, properties: resource.Properties },
      ]),
    ),
    parameters: new Map(
      Object.entries(template.Parameters).flatMap(([name, { Default }]) =>
        Default === undefined ? [] : [[name, Default] as const],
      ),
    ),
    outputs: new Map(Object.entries(template.Outputs).map(([name, { Value }]) => [name, Value])),
    assets: new Map((await Promise.all(assetFiles.map((file) => loadAssets(directory, file)))).flat()),
  };
}

async function loadAssets(directory: string, file: string): Promise<[string, string][]> {
  const { files } = assetsSchema.parse(await readJson(join(directory, file)));
  return Object.values(files).flatMap(({ source, destinations }) =>
    Object.values(destinations).map(({ objectKey }): [string, string] => [
      objectKey,
      resolve(directory, source.path),
    ]),
  );
}

async function readJson(file: string): Promise<unknown> {
  return JSON.parse(await readFile(file, "utf8"));
}
