import type { ChannelTarget } from "@ai-usage/core";
import type { EventOf } from "../senders/event-body.ts";

export const channelOf = (target: ChannelTarget) => ({ name: "Ops", target });

/** Stands for what the event bus shows of an alert. */
export const eventOf: EventOf = ({ alertId, kind }) => ({
  detailType: "Budget Threshold Crossed",
  detail: { schema_version: "1", alert: { alert_id: alertId, kind } },
});

/** A name that means something in every format that there is. */
export const NASTY_NAME = `<!channel> <https://evil.example|click> & "Sons" [x](https://evil.example) *b* _i_ \`c\` <b>h</b>`;
