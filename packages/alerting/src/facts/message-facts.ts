import { type Alert, type Instant, type ThresholdLevel, thresholdLevels } from "@ai-usage/core";
import type { Message } from "../message.ts";
import type { Advice, AlertFacts, DriverFacts, Tone } from "./alert-facts.ts";
import { commands } from "./commands.ts";
import { driverFacts } from "./driver-facts.ts";
import { spikeFacts } from "./spike-facts.ts";
import { forecastFacts, recoveredFacts, thresholdFacts } from "./threshold-facts.ts";
import { unpricedFacts } from "./unpriced-facts.ts";
import { clock, countText } from "./words.ts";

/** What a message says, in every format. */
export interface MessageFacts extends AlertFacts {
  /** The word that stands over it. */
  readonly badge: string;
  /** One line that tells it without the rest: of a mail, of a notification. */
  readonly subject: string;
  /** Why it comes now, or that it is a test. */
  readonly notices: readonly string[];
  readonly drivers: readonly DriverFacts[];
  /** Of a digest: the alerts one by one, and how many there are besides. */
  readonly entries: readonly AlertFacts[];
  readonly moreEntries: number;
  readonly link?: { readonly text: string; readonly url: string };
  readonly footer: string;
}

/** So many alerts are shown one by one: Teams takes messages of 28 kB, and nobody reads more. */
const ENTRIES_MAX = 20;

/** @param channelName as people call it: it says in the message over which channel it came */
export function messageFacts(message: Message, channelName: string): MessageFacts {
  const { alerts, test, dashboardUrl, sentAt } = message;
  const [first] = alerts;
  if (first === undefined) throw new RangeError("a message is about one alert at least");
  const said =
    alerts.length === 1 ? { ...alertFacts(first, sentAt), ...single(message, first) } : digest(message);
  const badge = test ? "TEST" : said.tone;
  const link = linkTo(dashboardUrl, alerts.length);
  return {
    ...said,
    ...(test && { tone: "INFO" as const }),
    badge,
    subject: `[${badge}] ${subjectOf(message, said)}`,
    notices: [
      ...(test ? [`This is a test of the channel ${channelName}: nothing has happened.`] : []),
      ...(alerts.length === 1 ? noticesOf(message, first) : []),
    ],
    ...(test && { advice: testAdvice }),
    ...(link && { link }),
    footer: `Sent by ai-usage over the channel ${channelName}.`,
  };
}

/** What is to be said about one alert, as of `now`. */
export function alertFacts(alert: Alert, now: Instant): AlertFacts {
  switch (alert.kind) {
    case "budget_threshold":
      return thresholdFacts(alert, now);
    case "budget_forecast":
      return forecastFacts(alert, now);
    case "budget_recovered":
      return recoveredFacts(alert, now);
    case "cost_spike":
      return spikeFacts(alert, now);
    case "unpriced_model":
      return unpricedFacts(alert);
    default:
      return alert satisfies never;
  }
}

type OfMessage = Pick<MessageFacts, "drivers" | "entries" | "moreEntries">;

function single({ drivers }: Message, alert: Alert): OfMessage {
  return { drivers: drivers ? driverFacts(drivers, alert) : [], entries: [], moreEntries: 0 };
}

function digest({ alerts, sentAt }: Message): AlertFacts & OfMessage {
  const entries = alerts.map((alert) => alertFacts(alert, sentAt));
  const tone = worstOf(entries);
  const shown = entries.slice(0, ENTRIES_MAX);
  return {
    tone,
    headline: countText(entries.length, "alert"),
    summary: `${countsOf(entries)}.`,
    facts: [],
    advice: digestAdvice,
    drivers: [],
    entries: shown,
    moreEntries: entries.length - shown.length,
  };
}

const testAdvice: readonly Advice[] = [
  { text: "There is nothing to do. Messages of this channel look like this one." },
];

const digestAdvice: readonly Advice[] = [{ text: "See all alerts", command: commands.listAlerts }];

function worstOf(entries: readonly AlertFacts[]): Tone {
  return worstFirst.find((tone) => entries.some((entry) => entry.tone === tone)) ?? "INFO";
}

const worstFirst: readonly Tone[] = [...[...thresholdLevels].reverse(), "RECOVERED"];

/** `1 exceeded, 2 warning, 1 recovered` */
function countsOf(entries: readonly AlertFacts[]): string {
  return worstFirst
    .map((tone) => ({ tone, count: entries.filter((entry) => entry.tone === tone).length }))
    .filter(({ count }) => count > 0)
    .map(({ tone, count }) => `${count} ${tone.toLowerCase()}`)
    .join(", ");
}

function subjectOf({ reason, alerts }: Message, { headline, summary }: AlertFacts): string {
  if (alerts.length > 1) return `${headline}: ${summary.replace(/\.$/, "")}`;
  switch (reason) {
    case "raised":
      return headline;
    case "escalated":
      return `Not acknowledged: ${headline}`;
    case "reminder":
      return `Still open: ${headline}`;
    default:
      return reason satisfies never;
  }
}

function noticesOf({ reason }: Message, alert: Alert): string[] {
  const timeZone = "timeZone" in alert ? alert.timeZone : "UTC";
  switch (reason) {
    case "raised":
      return [];
    case "escalated":
      return [
        `Nobody has acknowledged this since it was raised, ${clock(alert.raisedAt, timeZone)}: you are the next to be told.`,
      ];
    case "reminder":
      return [
        alert.snoozedUntil === undefined
          ? "This was put off, and is still open."
          : `This was put off until ${clock(alert.snoozedUntil, timeZone)}, and is still open.`,
      ];
    default:
      return reason satisfies never;
  }
}

function linkTo(dashboardUrl: string | undefined, count: number): MessageFacts["link"] {
  if (dashboardUrl === undefined || !/^https?:\/\//.test(dashboardUrl) || !URL.canParse(dashboardUrl)) return;
  return { text: count === 1 ? "Open the alert" : "Open the alerts", url: new URL(dashboardUrl).href };
}

/** How bad a message is: of a digest, the worst in it. */
export function levelOf({ alerts }: Message): ThresholdLevel {
  const present = [...thresholdLevels].reverse();
  return present.find((level) => alerts.some((alert) => alert.level === level)) ?? "INFO";
}
