import { InvalidPriceFileError, type PriceFileProblem } from "./errors.ts";
import { JsonNode } from "./json-node.ts";
import { type PriceFile, readPriceFile } from "./price-file.ts";

/**
 * Reads a deployment's own prices: `{"providers": [{"provider": "openai", "models": […]}]}`, in each provider the
 * format of the published files. A row that prices tokens prices all of them: those it leaves out have no price while
 * it holds.
 *
 * @param value the parsed JSON
 * @throws InvalidPriceFileError naming every row and field that is wrong
 */
export function parseOwnPrices(value: unknown): PriceFile[] {
  const problems: PriceFileProblem[] = [];
  const root = new JsonNode(value, "", problems);
  const { providers } = root.members(["providers"], []);
  const files = (providers?.items("providers") ?? []).flatMap((node) => readPriceFile(node, "own") ?? []);
  const names = files.map((file) => file.provider);
  for (const name of new Set(names.filter((provider, index) => names.indexOf(provider) !== index))) {
    providers?.report(`"${name}" stands more than once: put its models together`);
  }
  if (problems.length > 0) throw new InvalidPriceFileError(problems);
  return files;
}
