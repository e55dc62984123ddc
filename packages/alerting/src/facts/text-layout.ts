import type { Advice, AlertFacts, DriverFacts, Fact } from "./alert-facts.ts";
import type { MessageFacts } from "./message-facts.ts";
import { headingText } from "./words.ts";

/** The message as plain text: says what the mail says, in the same order. */
export function layOutText(message: MessageFacts): string {
  const { notices, headline, summary, meter, link, drivers, facts, entries, moreEntries, advice, footer } =
    message;
  const paragraphs = [
    ...notices.map((notice) => `** ${notice} **`),
    headline,
    summary,
    ...(meter?.projectedPercent === undefined ? [] : [headingText(meter.projectedPercent)]),
    ...(link ? [`${link.text}: ${link.url}`] : []),
    ...drivers.map(driversText),
    ...(facts.length > 0 ? [factsText(facts)] : []),
    ...entries.map(entryText),
    ...(moreEntries > 0 ? [`… and ${moreEntries} more.`] : []),
    ["What to do", ...advice.map(adviceText)].join("\n\n"),
    footer,
  ];
  return `${paragraphs.join("\n\n")}\n`;
}

function factsText(facts: readonly Fact[]): string {
  const width = Math.max(...facts.map(([name]) => name.length)) + 2;
  return facts.map(([name, value]) => `${`${name}:`.padEnd(width)}${value}`).join("\n");
}

function driversText({ title, basis, rows }: DriverFacts): string {
  const width = Math.max(...rows.map(({ name }) => name.length)) + 2;
  const lines = rows.map(({ name, amount, share }) => `  ${name.padEnd(width)}${amount}, ${share} %`);
  return [`${title} ${basis}`, ...lines].join("\n");
}

const entryText = ({ tone, headline, summary }: AlertFacts): string => `[${tone}] ${headline}\n  ${summary}`;

const adviceText = ({ text, command }: Advice): string =>
  command === undefined ? text : `${text}:\n  ${command}`;
