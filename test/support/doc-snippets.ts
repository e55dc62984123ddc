/** A fenced block of a page. */
export interface Snippet {
  /** Of its first line, counted from 1. */
  readonly line: number;
  /** First word after the fence: `sh`, `ts`, `python`, `json`, … */
  readonly language: string;
  readonly text: string;
  /** Why it is not run: `sh no-run reason=needs an AWS account`. */
  readonly noRun?: string;
  /** `json answer`: it is what the block before it prints. */
  readonly isAnswer: boolean;
}

interface Link {
  readonly line: number;
  readonly target: string;
}

/** What a page of Markdown holds that can be checked. */
export interface DocPage {
  readonly snippets: readonly Snippet[];
  readonly links: readonly Link[];
  readonly headings: readonly Heading[];
}

interface Heading {
  /** 1 for the page's title. */
  readonly level: number;
  readonly text: string;
  /** What a link to it ends with, as GitHub makes it. */
  readonly anchor: string;
}

const FENCE = /^(\s*)(`{3,})(.*)$/;

export function readDocPage(markdown: string): DocPage {
  const { snippets, prose } = splitFences(markdown.split("\n"));
  return { snippets, links: linksOf(prose), headings: headingsOf(prose) };
}

/** `prose` has an empty line in place of each line of a block, so that line numbers stay. */
function splitFences(lines: readonly string[]): { snippets: Snippet[]; prose: string[] } {
  const snippets: Snippet[] = [];
  const prose: string[] = [];
  let open: { fence: string; indent: number; info: string; line: number; body: string[] } | undefined;
  for (const [index, text] of lines.entries()) {
    const [, indent = "", fence = "", info = ""] = FENCE.exec(text) ?? [];
    if (open === undefined) {
      if (fence !== "") open = { fence, indent: indent.length, info: info.trim(), line: index + 1, body: [] };
      prose.push(fence === "" ? text : "");
      continue;
    }
    prose.push("");
    if (fence.length >= open.fence.length && info.trim() === "") {
      snippets.push({ line: open.line, ...readInfo(open.info), text: `${open.body.join("\n")}\n` });
      open = undefined;
    } else open.body.push(text.slice(Math.min(open.indent, text.length - text.trimStart().length)));
  }
  if (open) throw new Error(`the block that begins in line ${open.line} has no end`);
  return { snippets, prose };
}

function readInfo(info: string): Omit<Snippet, "line" | "text"> {
  const [language = "", ...marks] = info.split(/\s+/);
  const reason = /\breason=(.+)$/.exec(info)?.[1]?.replace(/^"|"$/g, "").trim();
  return {
    language,
    isAnswer: marks.includes("answer"),
    ...(marks.includes("no-run") && { noRun: reason ?? "" }),
  };
}

function linksOf(prose: readonly string[]): Link[] {
  return prose.flatMap((text, index) => {
    const withoutCode = text.replace(/`[^`]*`/g, "");
    return [...withoutCode.matchAll(/\]\(([^()\s]+)\)/g)].map(([, target = ""]) => ({
      line: index + 1,
      target,
    }));
  });
}

function headingsOf(prose: readonly string[]): Heading[] {
  const seen = new Map<string, number>();
  return prose.flatMap((line) => {
    const [, marks, text] = /^(#{1,6})\s+(.+?)\s*$/.exec(line) ?? [];
    if (marks === undefined || text === undefined) return [];
    const slug = slugOf(text);
    const before = seen.get(slug) ?? 0;
    seen.set(slug, before + 1);
    return [{ level: marks.length, text, anchor: before === 0 ? slug : `${slug}-${before}` }];
  });
}

function slugOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .replace(/\s/g, "-");
}
