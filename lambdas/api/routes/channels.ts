import { randomBytes } from "node:crypto";
import { channelSecretProblem, webhookProblem } from "@ai-usage/alerting";
import { type Channel, type Instant, plusMs } from "@ai-usage/core";
import { createChannel, findChannel, listChannels, replaceChannel, ThrottledError } from "@ai-usage/store";
import {
  type ChannelRequest,
  type ChannelTerms,
  fieldProblem,
  ProblemError,
  parseChannelChange,
  parseNewChannel,
  toWireChannel,
} from "@ai-usage/wire";
import { Hono } from "hono";
import {
  type ApiEnvironment,
  type ApiParts,
  idOf,
  jsonBodyOf,
  newId,
  unlimitedCallerWith,
} from "../context.ts";

const SIGNING_SECRET_BYTES = 32;
const CHANGE_ATTEMPTS_MAX = 5;

/** Ways of telling people of alerts. */
export function channelRoutes({ table, clock, channels }: ApiParts): Hono<ApiEnvironment> {
  const app = new Hono<ApiEnvironment>();

  const shown = (channel: Channel) => ({
    ...toWireChannel(channel),
    built_in: channels.builtIn.some(({ channelId }) => channelId === channel.channelId),
  });

  const existing = async (channelId: string): Promise<Channel> => {
    const builtIn = channels.builtIn.find((channel) => channel.channelId === channelId);
    const found = builtIn ?? (await findChannel(table, channelId));
    if (found === undefined) throw new ProblemError(404, "there is no such channel");
    return found;
  };

  /** One that is an item. */
  const changeable = async (channelId: string): Promise<Channel> => {
    if (channels.builtIn.some((channel) => channel.channelId === channelId)) {
      throw new ProblemError(409, "this channel is made by the deployment: change its settings instead");
    }
    return existing(channelId);
  };

  const check = async ({ terms, secret }: ChannelRequest<ChannelTerms>, channelId?: string) => {
    const { target, escalation } = terms;
    checkTarget(channels, target);
    const problem =
      secret === undefined ? undefined : channelSecretProblem(target.kind, secret, channels.targetRules);
    if (problem !== undefined) throw fieldProblem("secret", problem);
    if (escalation === undefined) return;
    if (escalation.channelId === channelId) {
      throw fieldProblem("escalation.channel_id", "must be another channel than this one");
    }
    const isBuiltIn = channels.builtIn.some((channel) => channel.channelId === escalation.channelId);
    if (!isBuiltIn && !(await findChannel(table, escalation.channelId))?.active) {
      throw fieldProblem("escalation.channel_id", "is no channel that there is");
    }
  };

  app.post("/", async (context) => {
    const { tokenId } = unlimitedCallerWith(context, "admin");
    const request = parseNewChannel(await jsonBodyOf(context));
    await check(request);
    const channelId = newId("chn");
    const made = request.terms.target.kind === "webhook" && request.secret === undefined;
    const secret = made ? newSigningSecret() : request.secret;
    const now = clock();
    const channel: Channel = {
      ...request.terms,
      channelId,
      // The secret first: a channel without the secret that it names could not send.
      ...(secret !== undefined && { secretName: await channels.secrets.keep(channelId, secret) }),
      active: true,
      createdAt: now,
      createdBy: tokenId,
      updatedAt: now,
    };
    await createChannel(table, channel);
    return context.json({ ...shown(channel), ...(made && { secret }) }, 201);
  });

  app.get("/", async (context) => {
    unlimitedCallerWith(context, "admin");
    const stored = (await listChannels(table)).filter(({ active }) => active);
    return context.json({ channels: [...channels.builtIn, ...stored].map(shown) });
  });

  app.get("/:id", async (context) => {
    unlimitedCallerWith(context, "admin");
    return context.json(shown(await existing(idOf(context))));
  });

  app.patch("/:id", async (context) => {
    unlimitedCallerWith(context, "admin");
    const channelId = idOf(context);
    const body = await jsonBodyOf(context);
    const change = async (before: Channel): Promise<Channel> => {
      if (!before.active) throw new ProblemError(409, "this channel was deleted: make a new one");
      const request = parseChannelChange(body, before);
      await check(request, channelId);
      if (request.secret !== undefined) await channels.secrets.keep(channelId, request.secret);
      return { ...request.terms, updatedAt: laterThan(before.updatedAt, clock()) };
    };
    return context.json(shown(await replaced(() => changeable(channelId), change)));
  });

  app.delete("/:id", async (context) => {
    unlimitedCallerWith(context, "admin");
    const channelId = idOf(context);
    const end = async ({ secretName: _, ...before }: Channel): Promise<Channel> =>
      before.active ? { ...before, active: false, updatedAt: laterThan(before.updatedAt, clock()) } : before;
    const deleted = await replaced(() => changeable(channelId), end);
    // Also where somebody died between the two.
    await channels.secrets.drop(channelId);
    return context.json(shown(deleted));
  });

  app.post("/:id/test", async (context) => {
    unlimitedCallerWith(context, "admin");
    const { channelId, active } = await existing(idOf(context));
    if (!active) throw new ProblemError(409, "this channel was deleted: there is nothing to try out");
    return context.json(await channels.test(channelId));
  });

  /** Changes what is there, and anew where somebody else was faster. */
  const replaced = async (
    find: () => Promise<Channel>,
    change: (before: Channel) => Promise<Channel>,
  ): Promise<Channel> => {
    for (let attempts = 1; attempts <= CHANGE_ATTEMPTS_MAX; attempts++) {
      const before = await find();
      const after = await change(before);
      if (after.updatedAt === before.updatedAt) return after;
      if ((await replaceChannel(table, before, after)) === "replaced") return after;
    }
    throw new ThrottledError("the channel changes faster than it can be changed");
  };

  return app;
}

function checkTarget(channels: ApiParts["channels"], target: Channel["target"]): void {
  switch (target.kind) {
    case "email":
      if (!channels.canMail) throw fieldProblem("kind", "cannot be email: the deployment has no `email` set");
      return;
    case "webhook": {
      const problem = webhookProblem(target.url, channels.targetRules);
      if (problem !== undefined) throw fieldProblem("url", problem);
      return;
    }
    case "sns":
      if (!channels.topicArns.includes(target.topicArn)) throw notListed("topic_arn", "topicArns");
      return;
    case "function":
      if (!channels.functionArns.includes(target.functionArn))
        throw notListed("function_arn", "functionArns");
      return;
    case "slack":
    case "teams":
    case "pagerduty":
      return;
    default:
      target satisfies never;
  }
}

const notListed = (field: string, setting: string) =>
  fieldProblem(field, `must be listed in channelTargets.${setting} of the deployment's settings`);

const newSigningSecret = (): string => `whsec_${randomBytes(SIGNING_SECRET_BYTES).toString("base64url")}`;

/** Of two changes in one millisecond too, the later one is told from the earlier. */
const laterThan = (before: Instant, now: Instant): Instant => (now > before ? now : plusMs(before, 1));
