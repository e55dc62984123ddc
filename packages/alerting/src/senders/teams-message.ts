import type { Advice, AlertFacts, DriverFacts, Fact, Tone } from "../facts/alert-facts.ts";
import type { MessageFacts } from "../facts/message-facts.ts";

/** Workflows take 28 kB; with twenty alerts of a digest, texts of this length stay below. */
const TEXT_MAX = 500;

type Element = Readonly<Record<string, unknown>>;

const styles: Record<Tone, "accent" | "warning" | "attention" | "good"> = {
  INFO: "accent",
  WARNING: "warning",
  CRITICAL: "attention",
  EXCEEDED: "attention",
  RECOVERED: "good",
};

/**
 * The message as an Adaptive Card, in the envelope that a workflow expects. All of it is runs of text, which are shown as they are: the
 * text blocks of a card would read names as Markdown.
 */
export function teamsMessage(message: MessageFacts): object {
  return {
    type: "message",
    summary: cut(message.subject),
    attachments: [
      { contentType: "application/vnd.microsoft.card.adaptive", contentUrl: null, content: cardOf(message) },
    ],
  };
}

function cardOf(message: MessageFacts): Element {
  const { link, subject } = message;
  return {
    $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
    type: "AdaptiveCard",
    version: "1.4",
    fallbackText: cut(subject),
    msteams: { width: "Full" },
    body: bodyOf(message),
    ...(link && { actions: [{ type: "Action.OpenUrl", title: link.text, url: link.url }] }),
  };
}

function bodyOf(message: MessageFacts): Element[] {
  const { notices, badge, headline, summary, tone, drivers, facts, entries, moreEntries, advice, footer } =
    message;
  return [
    {
      type: "Container",
      style: styles[tone],
      bleed: true,
      items: [
        ...notices.map((notice) => text([run(notice, { weight: "Bolder" })])),
        text([run(badge, { weight: "Bolder", size: "Small" })]),
        text([run(headline, { weight: "Bolder", size: "Large" })]),
      ],
    },
    text([run(summary)]),
    ...drivers.map(driversOf),
    ...facts.map(factOf),
    ...entries.map(entryOf),
    ...(moreEntries > 0 ? [text([run(`… and ${moreEntries} more.`, { isSubtle: true })])] : []),
    ...advice.map(adviceOf),
    text([run(footer, { isSubtle: true, size: "Small" })]),
  ];
}

const text = (inlines: readonly Element[], look: Element = {}): Element => ({
  type: "RichTextBlock",
  ...look,
  inlines,
});

const run = (of: string, look: Element = {}): Element => ({ type: "TextRun", text: cut(of), ...look });

const factOf = ([name, value]: Fact): Element => ({
  type: "ColumnSet",
  spacing: "Small",
  columns: [
    { type: "Column", width: "100px", items: [text([run(name, { isSubtle: true })])] },
    { type: "Column", width: "stretch", items: [text([run(value)])] },
  ],
});

const driversOf = ({ title, basis, rows }: DriverFacts): Element => ({
  type: "Container",
  items: [
    text([run(title, { weight: "Bolder" }), run(` ${basis}`, { isSubtle: true })]),
    ...rows.map(({ name, amount, share }) =>
      text([run(name), run(`: ${amount}, ${share} %`, { isSubtle: true })], { spacing: "Small" }),
    ),
  ],
});

const entryOf = ({ tone, headline, summary }: AlertFacts): Element => ({
  type: "Container",
  separator: true,
  style: styles[tone],
  items: [
    text([run(`${tone}: `, { weight: "Bolder" }), run(headline, { weight: "Bolder" })]),
    text([run(summary)], { spacing: "Small" }),
  ],
});

function adviceOf({ text: what, command }: Advice): Element {
  return {
    type: "Container",
    items: [
      text([run(command === undefined ? what : `${what}:`)]),
      ...(command === undefined
        ? []
        : [text([run(command, { fontType: "Monospace" })], { spacing: "Small" })]),
    ],
  };
}

const cut = (of: string): string => (of.length <= TEXT_MAX ? of : `${of.slice(0, TEXT_MAX - 1)}…`);
