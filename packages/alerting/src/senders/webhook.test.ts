import { execFileSync } from "node:child_process";
import { epochMsOf } from "@ai-usage/core";
import { beforeAll, describe, expect, it } from "vitest";
import { isGenuine } from "../../../../docs/snippets/verify-webhook.ts";
import { type Certificate, newAuthority, newCertificate } from "../testing/certificates.ts";
import { channelOf, eventOf } from "../testing/channel.ts";
import { listen } from "../testing/https-listener.ts";
import { aDigest, aMessage } from "../testing/messages.ts";
import { webhookSender } from "./webhook.ts";
import { signatureOf } from "./webhook-signature.ts";

const secret = "whsec_0123456789abcdef";
const { sentAt } = aMessage();
let authority: Certificate;
let certificate: Certificate;
beforeAll(async () => {
  authority = await newAuthority();
  certificate = await newCertificate({ host: "hooks.example.com", by: authority });
});

async function received(message = aMessage()) {
  await using server = await listen(certificate);
  const url = `https://hooks.example.com:${server.port}/alerts`;
  const outgoing = {
    allow: [`hooks.example.com:${server.port}`],
    resolve: async () => ["127.0.0.1"],
    ca: authority.cert,
  };
  const sender = webhookSender({ eventOf, outgoing });
  const result = await sender.send(channelOf({ kind: "webhook", url }), message, secret);
  expect(result).toEqual({ outcome: "sent", status: 200 });
  const [request] = server.received;
  if (request === undefined) throw new Error("nothing came");
  return { body: request.body, headers: request.headers, json: JSON.parse(request.body) };
}

describe("webhook", () => {
  it("gets the event as the bus has it, and which delivery it is", async () => {
    const { json, headers } = await received(aMessage({ attempt: 3 }));
    expect(json).toEqual({
      schema_version: "1",
      alert: { alert_id: "bud_0f3c9a41b2d7e856.2026-11.80.r1", kind: "budget_threshold" },
      delivery: { id: "dlv_1", reason: "raised", attempt: 3, sent_at: sentAt },
    });
    expect(headers["x-aiusage-delivery"]).toBe("dlv_1");
  });

  it("gets all alerts of a digest", async () => {
    const { json } = await received(aMessage({ alerts: aDigest }));
    expect(json.alert).toBeUndefined();
    expect(json.alerts).toHaveLength(5);
    expect(json.alerts[0]).toMatchObject({ alert_id: "bud_2.2026-11-22.100.r1" });
  });

  it("is told what is only a test", async () => {
    const { json } = await received(aMessage({ test: true }));
    expect(json.delivery.test).toBe(true);
  });

  it("can tell that it comes from us, with the ten lines of the guide", async () => {
    const { body, headers } = await received();
    const signature = String(headers["x-aiusage-signature"]);
    const now = epochMsOf(sentAt);
    expect(isGenuine(body, signature, secret, now)).toBe(true);
    expect(isGenuine(`${body} `, signature, secret, now)).toBe(false);
    expect(isGenuine(body, signature, "another secret", now)).toBe(false);
    expect(isGenuine(body, signature, secret, now + 301_000)).toBe(false);
    expect(isGenuine(body, signature.replace(/t=\d+/, `t=${now / 1000 + 60}`), secret, now)).toBe(false);
    for (const broken of ["", "t=1", "v1=é", "nonsense", signature.slice(0, -1)]) {
      expect(isGenuine(body, broken, secret, now), broken).toBe(false);
    }
  });

  it("can tell it in Python, too", () => {
    const body = `{"budget": "größer"}`;
    const signature = signatureOf(body, secret, sentAt);
    const seconds = epochMsOf(sentAt) / 1000;
    const cases: [string, string, string, number][] = [
      [body, signature, secret, seconds],
      [`${body} `, signature, secret, seconds],
      [body, signature, "another secret", seconds],
      [body, signature, secret, seconds + 301],
      [body, "nonsense", secret, seconds],
    ];
    const program = `
import json, sys
sys.path.insert(0, "docs/snippets")
from verify_webhook import is_genuine
print(json.dumps([is_genuine(body.encode(), *rest) for body, *rest in json.load(sys.stdin)]))`;
    const answer = execFileSync("python3", ["-B", "-c", program], { input: JSON.stringify(cases) });
    expect(JSON.parse(answer.toString())).toEqual([true, false, false, false, false]);
  });

  it("is not called without a secret to sign with", async () => {
    const channel = channelOf({ kind: "webhook", url: "https://hooks.example.com/" });
    expect(await webhookSender({ eventOf, outgoing: {} }).send(channel, aMessage(), undefined)).toMatchObject(
      {
        outcome: "failed",
        permanent: true,
      },
    );
  });
});
