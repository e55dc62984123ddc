import type { Channel } from "@ai-usage/core";
import { parseChannelChange, parseNewChannel, toWireChannel } from "@ai-usage/wire";
import { MEMORY_CALLER } from "./memory-budgets.ts";
import type { MemoryLedger } from "./memory-ledger.ts";
import type { Route, RouteAnswer, RouteRequest } from "./route.ts";

/** By method and path, as the other routes are. */
export const channelRoutes: Readonly<Record<string, Route>> = {
  "POST /channels": createChannel,
  "GET /channels": ({ told }) => ({
    channels: [...told.channels.values()].filter(({ active }) => active).map(shown),
  }),
  "GET /channels/:id": ({ told }, _, id) => shown(told.channel(id)),
  "PATCH /channels/:id": ({ told }, { body, now }, id) => {
    const { terms, secret } = parseChannelChange(body, told.channel(id));
    if (secret !== undefined) told.secrets.set(id, secret);
    const changed = { ...terms, updatedAt: now };
    told.channels.set(id, changed);
    return shown(changed);
  },
  "DELETE /channels/:id": ({ told }, { now }, id) => {
    const { secretName: _, ...channel } = told.channel(id);
    const deleted = { ...channel, active: false, updatedAt: now };
    told.channels.set(id, deleted);
    told.secrets.delete(id);
    return shown(deleted);
  },
  "POST /channels/:id/test": ({ told }, _, id) => {
    told.channel(id);
    return { status: 200, body: told.testOutcome };
  },
};

const shown = (channel: Channel) => ({ ...toWireChannel(channel), built_in: false });

function createChannel({ told }: MemoryLedger, { body, now }: RouteRequest): RouteAnswer {
  const { terms, secret: given } = parseNewChannel(body);
  const channelId = `chn_${told.channels.size + 1}`;
  const isMade = terms.target.kind === "webhook" && given === undefined;
  const secret = isMade ? "whsec_made_up" : given;
  const channel: Channel = {
    ...terms,
    channelId,
    ...(secret !== undefined && { secretName: `channels/${channelId}` }),
    active: true,
    createdAt: now,
    createdBy: MEMORY_CALLER,
    updatedAt: now,
  };
  if (secret !== undefined) told.secrets.set(channelId, secret);
  told.channels.set(channelId, channel);
  return { status: 201, body: { ...shown(channel), ...(isMade && { secret }) } };
}
