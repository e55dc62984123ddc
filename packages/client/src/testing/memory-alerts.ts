import type { Alert, AlertLife, Channel, Delivery, Instant, Remark } from "@ai-usage/core";
import { type ChannelTest, ProblemError } from "@ai-usage/wire";

/** What became of alerts, and the channels that tell of them, in memory. Nothing is sent. */
export class MemoryAlerts {
  readonly #lives = new Map<string, AlertLife>();
  /** By alert; tests put there what is to have been tried. */
  readonly deliveries = new Map<string, readonly Delivery[]>();
  readonly channels = new Map<string, Channel>();
  /** By channel. */
  readonly secrets = new Map<string, string>();
  /** How the next tests of channels end. */
  testOutcome: ChannelTest = { outcome: "sent", status: 200, ms: 12 };

  asItIs(alert: Alert): Alert {
    const life = this.#lives.get(alert.alertId);
    return life ? { ...alert, ...life } : alert;
  }

  /** @throws ProblemError 409 when it is resolved */
  acknowledge(alert: Alert, remark: Remark): Alert {
    if (alert.state === "resolved") throw isResolved();
    if (alert.state === "acknowledged") return alert;
    return this.#live(alert, { state: "acknowledged", acknowledged: remark });
  }

  resolve(alert: Alert, remark: Remark): Alert {
    if (alert.state === "resolved") return alert;
    return this.#live(alert, { state: "resolved", resolved: remark });
  }

  /** @throws ProblemError 409 when it is resolved */
  snooze(alert: Alert, until: Instant, remark: Remark): Alert {
    if (alert.state === "resolved") throw isResolved();
    return this.#live(alert, { snoozedUntil: until, snoozed: remark });
  }

  #live(alert: Alert, change: Partial<AlertLife>): Alert {
    const { state, acknowledged, resolved, snoozedUntil, snoozed } = { ...alert, ...change };
    this.#lives.set(alert.alertId, {
      state,
      ...(acknowledged && { acknowledged }),
      ...(resolved && { resolved }),
      ...(snoozedUntil && { snoozedUntil }),
      ...(snoozed && { snoozed }),
    });
    return this.asItIs(alert);
  }

  /** Sets what was given up to wait again. @returns how many there were */
  redrive(isMeant: (delivery: Delivery) => boolean, now: Instant): number {
    let count = 0;
    for (const [alertId, deliveries] of this.deliveries) {
      const again = deliveries.map((delivery): Delivery => {
        if (delivery.state !== "failed" || !isMeant(delivery)) return delivery;
        count += 1;
        return { ...delivery, state: "waiting", dueAt: now, at: now };
      });
      this.deliveries.set(alertId, again);
    }
    return count;
  }

  channel(channelId: string): Channel {
    const channel = this.channels.get(channelId);
    if (!channel) throw new ProblemError(404, "there is no such channel");
    return channel;
  }
}

const isResolved = () =>
  new ProblemError(409, "this alert is resolved: there is nothing left to do about it");
