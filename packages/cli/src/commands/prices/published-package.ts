import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { UsageError } from "../../failures.ts";
import { isObject } from "../../metrics-input.ts";

const PACKAGE = "@pydantic/genai-prices";

/** The package of published prices that is installed in a directory, or above it. */
export interface PublishedPackage {
  readonly version: string;
  /** A provider as the package has it; undefined where it lists none of that id. */
  findProvider(providerId: string): unknown;
}

/**
 * Found as a program in `directory` would find it.
 * @throws UsageError when it is not installed, or is not what it was
 */
export async function openPublishedPackage(directory: string): Promise<PublishedPackage> {
  const { folder, about } = await findPackage(directory);
  const version = typeof about.version === "string" ? about.version : "unknown";
  const entry = about.module ?? about.main;
  const module: unknown =
    typeof entry === "string"
      ? await import(pathToFileURL(join(folder, entry)).href).catch(() => undefined)
      : undefined;
  const find = isModule(module) ? module.findProvider : undefined;
  if (typeof find !== "function") {
    throw new UsageError(`${PACKAGE} ${version} cannot be read by this version: it has no findProvider`);
  }
  return {
    version,
    findProvider(providerId) {
      const provider: unknown = find({ providerId });
      // An id that is unknown is matched as a part of others.
      return isObject(provider) && provider.id === providerId ? provider : undefined;
    },
  };
}

async function findPackage(directory: string): Promise<{ folder: string; about: Record<string, unknown> }> {
  for (let at = resolve(directory); ; at = dirname(at)) {
    const folder = join(at, "node_modules", PACKAGE);
    const text = await readFile(join(folder, "package.json"), "utf8").catch(() => undefined);
    const about: unknown = text === undefined ? undefined : JSON.parse(text);
    if (isObject(about)) return { folder, about };
    if (at === dirname(at)) {
      throw new UsageError(
        `${PACKAGE} is not installed in ${directory}: run \`npm install ${PACKAGE}\` there, or give a file`,
      );
    }
  }
}

function isModule(module: unknown): module is Readonly<Record<string, unknown>> {
  return typeof module === "object" && module !== null;
}
