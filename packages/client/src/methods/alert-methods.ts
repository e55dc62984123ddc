import type {
  AlertQuery,
  ChannelInput,
  ChannelPatch,
  DeliveryQuery,
  RemarkInput,
  SnoozeInput,
} from "../alert-requests.ts";
import type {
  Alert,
  AlertPage,
  Channel,
  ChannelsAnswer,
  ChannelTest,
  DeliveryPage,
  NewChannel,
  Redriven,
} from "../answers.ts";
import { pathOf } from "./api-methods.ts";
import { CostBudgetMethods } from "./cost-budget-methods.ts";

export abstract class AlertMethods extends CostBudgetMethods {
  /** Newest first. A page may be empty and not the last. */
  listAlerts({ state, kind, ...query }: AlertQuery = {}): Promise<AlertPage> {
    return this.ask("/alerts", { ...query, state: state?.join(","), kind: kind?.join(",") });
  }

  getAlert(alertId: string): Promise<Alert> {
    return this.ask(pathOf`/alerts/${alertId}`);
  }

  /** Somebody is on it: nobody else is told. */
  acknowledgeAlert(alertId: string, remark: RemarkInput = {}): Promise<Alert> {
    return this.repeat("POST", pathOf`/alerts/${alertId}/acknowledge`, remark);
  }

  resolveAlert(alertId: string, remark: RemarkInput = {}): Promise<Alert> {
    return this.repeat("POST", pathOf`/alerts/${alertId}/resolve`, remark);
  }

  /** Nobody is told of it until then. */
  snoozeAlert(alertId: string, snooze: SnoozeInput): Promise<Alert> {
    return this.change("POST", pathOf`/alerts/${alertId}/snooze`, snooze);
  }

  /** Messages that did not get through, or wait. */
  listDeliveries(query: DeliveryQuery = {}): Promise<DeliveryPage> {
    return this.ask("/deliveries", query);
  }

  /** Sends a message again that was given up. */
  redriveDelivery(alertId: string, channelId: string): Promise<Alert> {
    return this.change("POST", pathOf`/alerts/${alertId}/deliveries/${channelId}/redrive`);
  }

  /** Sends all messages again that were given up, or those of one channel. */
  redriveDeliveries(input: { readonly channel_id?: string } = {}): Promise<Redriven> {
    return this.change("POST", "/deliveries/redrive", input);
  }

  /** The `secret` of a webhook that was made up for it is in this answer alone. */
  createChannel(channel: ChannelInput): Promise<NewChannel> {
    return this.change("POST", "/channels", channel);
  }

  listChannels(): Promise<ChannelsAnswer> {
    return this.ask("/channels");
  }

  getChannel(channelId: string): Promise<Channel> {
    return this.ask(pathOf`/channels/${channelId}`);
  }

  updateChannel(channelId: string, patch: ChannelPatch): Promise<Channel> {
    return this.change("PATCH", pathOf`/channels/${channelId}`, patch);
  }

  /** It tells of nothing more, and its secret is deleted. */
  deleteChannel(channelId: string): Promise<Channel> {
    return this.change("DELETE", pathOf`/channels/${channelId}`);
  }

  /** Sends a marked message now. That it does not get through is no error: the answer says what happened. */
  testChannel(channelId: string): Promise<ChannelTest> {
    return this.change("POST", pathOf`/channels/${channelId}/test`);
  }
}
