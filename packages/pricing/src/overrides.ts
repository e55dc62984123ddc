import { InvalidPriceFileError, type PriceFileProblem } from "./errors.ts";
import { JsonNode } from "./json-node.ts";
import { type PriceFile, readPriceFile } from "./price-file.ts";

/**
 * Reads a deployment's own prices: `{"providers": [{"provider": "openai", "models": […]}]}`, in each provider the
 * format of the built-in files. A row stands for itself: kinds that it does not price have no price while it holds.
 *
 * @throws InvalidPriceFileError naming every row and field that is wrong
 */
export function parseOverrides(text: string): PriceFile[] {
  const problems: PriceFileProblem[] = [];
  const root = new JsonNode(parseJson(text), "", problems);
  const { providers } = root.members(["providers"], []);
  const files = (providers?.items("providers") ?? []).flatMap((node) => readPriceFile(node, true) ?? []);
  const names = files.map((file) => file.provider);
  for (const name of new Set(names.filter((provider, index) => names.indexOf(provider) !== index))) {
    providers?.report(`"${name}" stands more than once: put its models together`);
  }
  if (problems.length > 0) throw new InvalidPriceFileError(problems);
  return files;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InvalidPriceFileError([{ where: "the file", message: `is not JSON: ${reason}` }]);
  }
}
