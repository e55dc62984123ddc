import { alertKinds, channelKinds, weekdays } from "@ai-usage/core";
import { channelChangeSchema, channelSchema, channelTestSchema } from "@ai-usage/wire";
import * as z from "zod";
import type { EndpointGroup } from "./endpoint.ts";
import { countShape, instantShape, levelShape, named } from "./shapes.ts";

const fields = {
  channel_id: z.string(),
  name: z.string(),
  kind: z.enum(channelKinds),
  to: z.array(z.string()).optional(),
  url: z.string().optional(),
  topic_arn: z.string().optional(),
  function_arn: z.string().optional(),
  has_secret: z.boolean(),
  built_in: z.boolean().describe("The deployment makes it: its settings change it."),
  min_level: levelShape,
  alert_kinds: z.array(z.enum(alertKinds)).optional(),
  scopes: z.array(z.string()).optional(),
  standby: z.boolean(),
  quiet_hours: z
    .object({
      from: z.string(),
      to: z.string(),
      time_zone: z.string(),
      days: z.array(z.enum(weekdays)).optional(),
      unless_level: levelShape.optional(),
    })
    .optional(),
  digest: z
    .object({
      every: z.enum(["hourly", "daily"]),
      at: z.string(),
      time_zone: z.string(),
      up_to_level: levelShape,
    })
    .optional(),
  cooldown_minutes: countShape,
  rate_limit: z.object({ messages: countShape, per_minutes: countShape }).optional(),
  escalation: z.object({ channel_id: z.string(), after_minutes: countShape }).optional(),
  active: z.boolean(),
  created_at: instantShape,
  created_by: z.string(),
  updated_at: instantShape,
};

const channelShape = z.object(fields).register(named, {
  id: "Channel",
  description: "A way of telling people. What is secret about it is not shown.",
});
const newChannelShape = z.object({
  ...fields,
  secret: z
    .string()
    .optional()
    .describe("What messages to a webhook are signed with, where it was made here. It is never shown again."),
});

const admin = { role: "admin", unlimited: true } as const;
const params = { id: "Id of the channel." };
const refusals = { 404: "There is no such channel." };
const builtIn = { ...refusals, 409: "The deployment makes it, or it was deleted." };

export const channelEndpoints: EndpointGroup = {
  name: "channels",
  description: "Over what people are told of alerts, and when not.",
  endpoints: [
    {
      ...admin,
      method: "post",
      path: "/channels",
      name: "createChannel",
      summary: "Add a channel",
      body: channelSchema,
      bodyExample: {
        name: "on call",
        kind: "webhook",
        url: "https://hooks.example.com/ai-usage",
        min_level: "CRITICAL",
      },
      answers: { 201: { means: "The channel.", schema: newChannelShape } },
    },
    {
      ...admin,
      method: "get",
      path: "/channels",
      name: "listChannels",
      summary: "All channels",
      answers: { 200: { means: "All of them.", schema: z.object({ channels: z.array(channelShape) }) } },
    },
    {
      ...admin,
      method: "get",
      path: "/channels/{id}",
      name: "getChannel",
      summary: "A channel",
      params,
      answers: { 200: { means: "The channel.", schema: channelShape } },
      refusals,
    },
    {
      ...admin,
      method: "patch",
      path: "/channels/{id}",
      name: "updateChannel",
      summary: "Change a channel: all but its kind",
      params,
      body: channelChangeSchema,
      bodyExample: { min_level: "WARNING", quiet_hours: null },
      answers: { 200: { means: "The channel as it is now.", schema: channelShape } },
      refusals: builtIn,
    },
    {
      ...admin,
      method: "delete",
      path: "/channels/{id}",
      name: "deleteChannel",
      summary: "End a channel, and delete its secret",
      params,
      answers: { 200: { means: "The channel, which is not active any more.", schema: channelShape } },
      refusals: builtIn,
    },
    {
      ...admin,
      method: "post",
      path: "/channels/{id}/test",
      name: "testChannel",
      summary: "Send a message that is marked as a test, and see what becomes of it",
      params,
      answers: { 200: { means: "What became of it.", schema: channelTestSchema } },
      refusals: builtIn,
    },
  ],
};
