import type { PriceDifference } from "./compare-prices.ts";

export interface RenderOptions {
  /**
   * Lines of a table; the others are only counted. A pull request has room for 65,536 characters.
   * @default 200
   */
  readonly rowsMax?: number;
}

/** The differences as Markdown: a sentence that counts them, and a table for each kind. Empty when there are none. */
export function renderPriceDifferences(
  differences: readonly PriceDifference[],
  { rowsMax = 200 }: RenderOptions = {},
): string {
  if (differences.length === 0) return "";
  const of = (kind: PriceDifference["kind"]) => differences.filter((difference) => difference.kind === kind);
  const parts = [
    { title: "Changes", count: counted(of("changed").length, "change"), differences: of("changed") },
    {
      title: "Withdrawals",
      count: counted(of("withdrawn").length, "withdrawal"),
      differences: of("withdrawn"),
    },
    { title: "Additions", count: counted(of("added").length, "addition"), differences: of("added") },
  ].filter((part) => part.differences.length > 0);
  const tables = parts.map((part) => `## ${part.title}\n\n${tableOf(part.differences, rowsMax)}`);
  return [`${parts.map(({ count }) => count).join(", ")}.`, ...tables, ""]
    .join("\n\n")
    .trimEnd()
    .concat("\n");
}

const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : "s"}`;

function tableOf(differences: readonly PriceDifference[], rowsMax: number): string {
  const lines = [
    ["model", "what", "before", "after", "by", "from", "until"],
    ["---", "---", "---:", "---:", "---:", "---", "---"],
    ...differences.slice(0, rowsMax).map(cellsOf),
  ].map((cells) => `| ${cells.join(" | ")} |`);
  const more = differences.length - rowsMax;
  return [...lines, ...(more > 0 ? ["", `… and ${more} more.`] : [])].join("\n");
}

function cellsOf(difference: PriceDifference): string[] {
  const { provider, model, what, when, per, before, after, from, to } = difference;
  return [
    `${provider}/${model}`,
    `${what}${per === undefined || per === 1 ? "" : ` per ${per.toLocaleString("en-US")}`}${when && `, ${when}`}`,
    before ?? "",
    after ?? "",
    percentOf(difference),
    momentText(from),
    momentText(to),
  ].map((cell) => cell.replaceAll("|", "\\|"));
}

/** Signed: a cut is negative, and at most −100 %. */
function percentOf({ size, before, after }: PriceDifference): string {
  if (size === undefined || before === undefined || after === undefined) return "";
  const [was, is] = [before, after].map((value) => Number(value.replace("× ", "")));
  if (was === undefined || is === undefined || was === 0) return "";
  const percent = Number(((is / was - 1) * 100).toPrecision(3));
  return `${percent > 0 ? "+" : ""}${percent} %`;
}

/** A moment that is a midnight of UTC is told as the day. */
function momentText(moment: string | undefined): string {
  return moment?.replace("T00:00:00.000Z", "") ?? "";
}
