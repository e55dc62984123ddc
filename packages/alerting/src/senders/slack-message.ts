import type { Advice, AlertFacts, DriverFacts, Fact, Tone } from "../facts/alert-facts.ts";
import type { MessageFacts } from "../facts/message-facts.ts";

/** Lengths that Slack takes (https://docs.slack.dev/reference/block-kit/blocks): longer texts are cut. */
const HEADER_MAX = 150;
const TEXT_MAX = 3000;
const FIELD_MAX = 2000;
/** Two of them are a fact: its name and its value. */
const FIELDS_MAX = 10;

const marks: Record<Tone, string> = {
  INFO: "🔵",
  WARNING: "🟡",
  CRITICAL: "🟠",
  EXCEEDED: "🔴",
  RECOVERED: "🟢",
};

type Block = Readonly<Record<string, unknown>>;

/**
 * The message in Block Kit. What is not ours is put into plain text, where nothing but a link in angle brackets could mean
 * anything: no name mentions people or formats what follows it.
 */
export function slackMessage(message: MessageFacts): object {
  return {
    text: cut(escaped(message.subject), TEXT_MAX),
    unfurl_links: false,
    unfurl_media: false,
    blocks: blocksOf(message),
  };
}

function blocksOf(message: MessageFacts): Block[] {
  const {
    notices,
    badge,
    headline,
    summary,
    tone,
    drivers,
    facts,
    entries,
    moreEntries,
    advice,
    link,
    footer,
  } = message;
  return [
    ...notices.map((notice) => context(`📣 ${notice}`)),
    { type: "header", text: plain(headline, HEADER_MAX) },
    context(`${marks[tone]} ${badge}`),
    section(summary),
    ...drivers.map(driversBlock),
    ...factBlocks(facts),
    ...entries.flatMap(entryBlocks),
    ...(moreEntries > 0 ? [context(`… and ${moreEntries} more.`)] : []),
    ...advice.map(adviceBlock),
    ...(link ? [linkBlock(link)] : []),
    context(footer),
  ];
}

const section = (text: string): Block => ({ type: "section", text: plain(text, TEXT_MAX) });

const context = (text: string): Block => ({ type: "context", elements: [plain(text, FIELD_MAX)] });

function factBlocks(facts: readonly Fact[]): Block[] {
  const fields = facts.flatMap(([name, value]) => [
    { type: "mrkdwn", text: `*${name}*` },
    plain(value, FIELD_MAX),
  ]);
  const blocks: Block[] = [];
  for (let first = 0; first < fields.length; first += FIELDS_MAX) {
    blocks.push({ type: "section", fields: fields.slice(first, first + FIELDS_MAX) });
  }
  return blocks;
}

function driversBlock({ title, basis, rows }: DriverFacts): Block {
  const lines = rows.map(({ name, amount, share }) => `${name}: ${amount}, ${share} %`);
  return section([`${title} ${basis}`, ...lines].join("\n"));
}

function entryBlocks({ tone, headline, summary }: AlertFacts): Block[] {
  return [{ type: "divider" }, section(`${marks[tone]} ${headline}\n${summary}`)];
}

/** A command is code, so that it can be copied as it is. */
function adviceBlock({ text, command }: Advice): Block {
  if (command === undefined) return context(text);
  const code = cut(escaped(command.replaceAll("`", "ˋ")), FIELD_MAX);
  return {
    type: "section",
    text: { type: "mrkdwn", text: `${cut(neutral(text), FIELD_MAX / 2)}:\n\`\`\`${code}\`\`\`` },
  };
}

const linkBlock = ({ text, url }: NonNullable<MessageFacts["link"]>): Block => ({
  type: "actions",
  elements: [{ type: "button", text: plain(text, 75), url, style: "primary" }],
});

const plain = (text: string, max: number) => ({
  type: "plain_text",
  emoji: false,
  text: cut(escaped(text), max),
});

/** What Slack reads as the beginning of a mention, a link or an entity. */
const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** For text that is read as mrkdwn: a mark before a letter formats nothing when an invisible character is between them. */
const neutral = (text: string): string => escaped(text).replace(/[*_~`]/g, (mark) => `${mark}\u200b`);

/** Never in the middle of an entity or of a character. */
function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  return `${text.slice(0, max - 1).replace(/&[a-z]{0,3}$|[\uD800-\uDBFF]$/, "")}…`;
}
