import { once } from "node:events";
import { createServer } from "node:net";
import { parseInstant } from "@ai-usage/core";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { type Certificate, newAuthority, newCertificate } from "../testing/certificates.ts";
import { type Answer, answerWith, type Listener, listen } from "../testing/https-listener.ts";
import { type OutgoingOptions, postHttps } from "./post-https.ts";

const HOST = "hooks.example.com";
/** The loopback network has 16 million addresses: here one of them is the internet, and the rest are what they are. */
const INTERNET = "127.0.0.2";
const INTRANET = "127.0.0.3";
const SECRET_PATH = "/services/T0-secret";

let authority: Certificate;
let certificate: Certificate;
beforeAll(async () => {
  authority = await newAuthority();
  certificate = await newCertificate({ host: HOST, by: authority });
});

const serve = (answer?: Answer) => listen(certificate, { answer, address: INTERNET });

function post({ port }: Pick<Listener, "port">, options: OutgoingOptions = {}, host = HOST) {
  const message = {
    url: `https://${host}:${port}${SECRET_PATH}`,
    body: `{"text":"grüße"}`,
    headers: { "X-AIUsage-Delivery": "dlv_1" },
    sentAt: parseInstant("2026-11-22T12:00:00Z"),
  };
  return postHttps(message, {
    ports: [port],
    resolve: async () => [INTERNET],
    mayConnectTo: (address) => address === INTERNET,
    ca: authority.cert,
    timeoutMs: 2_000,
    ...options,
  });
}

describe("a message to somebody else's server", () => {
  it("arrives as it is, under the name that was asked for", async () => {
    await using server = await serve();
    expect(await post(server)).toEqual({ outcome: "sent", status: 200 });
    expect(server.received).toHaveLength(1);
    expect(server.received[0]).toMatchObject({
      path: SECRET_PATH,
      body: `{"text":"grüße"}`,
      headers: {
        host: `${HOST}:${server.port}`,
        "content-type": "application/json",
        "x-aiusage-delivery": "dlv_1",
        "user-agent": "ai-usage",
      },
    });
  });

  it.each([
    ["signed by itself", () => newCertificate({ host: HOST }), /signed by itself/],
    ["expired", () => newCertificate({ host: HOST, by: authority, expired: true }), /expired/],
    [
      "of another host",
      () => newCertificate({ host: "elsewhere.example.com", by: authority }),
      /another host/,
    ],
    [
      "of one that only has the name of an authority",
      async () => newCertificate({ host: HOST, by: await newAuthority() }),
      /nobody who is trusted/,
    ],
    [
      "of an unknown authority",
      async () => newCertificate({ host: HOST, by: await newAuthority("Another authority") }),
      /nobody who is trusted/,
    ],
  ])("is not sent to one whose certificate is %s", async (_, make, error) => {
    await using server = await listen(await make(), { address: INTERNET });
    const result = await post(server);
    expect(result).toMatchObject({
      outcome: "failed",
      permanent: false,
      error: expect.stringMatching(error),
    });
    expect(server.received).toEqual([]);
  });

  it.each<[string, Answer]>([
    ["no answer", () => undefined],
    ["an answer that goes on drop by drop", dripping],
  ])("is given up when there is %s", async (_, answer) => {
    await using server = await serve(answer);
    const started = Date.now();
    const result = await post(server, { timeoutMs: 300 });
    expect(result).toEqual({
      outcome: "failed",
      permanent: false,
      error: "there was no complete answer in time",
    });
    expect(Date.now() - started).toBeLessThan(1_500);
  });

  it("is given up when the name is not found in time", async () => {
    const result = await post({ port: 443 }, { timeoutMs: 100, resolve: () => new Promise(() => undefined) });
    expect(result).toMatchObject({ outcome: "failed", error: "there was no complete answer in time" });
  });

  it("takes 64 kB of an answer, and no more", async () => {
    const answering =
      (bytes: number): Answer =>
      (response) =>
        response.end("x".repeat(bytes));
    await using enough = await serve(answering(64 * 1024));
    expect(await post(enough)).toEqual({ outcome: "sent", status: 200 });
    await using tooMuch = await serve(answering(64 * 1024 + 1));
    expect(await post(tooMuch)).toMatchObject({
      outcome: "failed",
      permanent: true,
      error: expect.stringMatching(/64 kB/),
    });
  });

  it.each(["http://169.254.169.254/latest/meta-data", "https://127.0.0.2/", "/elsewhere"])(
    "is not led to %s",
    async (location) => {
      await using server = await serve(answerWith(307, { location }));
      const result = await post(server);
      expect(result).toMatchObject({
        outcome: "failed",
        status: 307,
        permanent: true,
        error: expect.stringMatching(/redirect/),
      });
      expect(server.received).toHaveLength(1);
      expect(server.connections()).toBe(1);
    },
  );

  it.each([
    [429, { "retry-after": "7" }, { permanent: false, retryAfterMs: 7_000 }],
    [503, { "retry-after": "Sun, 22 Nov 2026 12:02:00 GMT" }, { permanent: false, retryAfterMs: 120_000 }],
    [429, { "retry-after": "999999999" }, { permanent: false, retryAfterMs: 3_600_000 }],
    [500, {}, { permanent: false }],
    [408, {}, { permanent: false }],
    [400, {}, { permanent: true }],
    [404, { "retry-after": "7" }, { permanent: true }],
    [410, {}, { permanent: true }],
  ])("may be tried again after %i, or not", async (status, headers, outcome) => {
    await using server = await serve(answerWith(status, headers));
    expect(await post(server)).toEqual({
      outcome: "failed",
      error: `answered with status ${status}`,
      status,
      ...outcome,
    });
  });

  it("may be tried again when the connection breaks", async () => {
    await using server = await serve((response) => response.socket?.destroy());
    expect(await post(server)).toMatchObject({
      outcome: "failed",
      permanent: false,
      error: expect.stringMatching(/closed before/),
    });
    await using halfway = await serve((response) => {
      response.writeHead(200, { "content-length": "10" }).write("half");
      setTimeout(() => response.socket?.destroy(), 50);
    });
    expect(await post(halfway)).toMatchObject({
      outcome: "failed",
      permanent: false,
      error: expect.stringMatching(/closed before/),
    });
  });

  it("may be tried again when nobody is there", async () => {
    const closed = await serve();
    await closed[Symbol.asyncDispose]();
    expect(await post(closed)).toMatchObject({
      outcome: "failed",
      permanent: false,
      error: expect.stringMatching(/refused/),
    });
    expect(await post({ port: 443 }, { resolve: async () => [] })).toMatchObject({
      outcome: "failed",
      permanent: false,
    });
  });

  it("says so when what answers is no HTTPS", async () => {
    const server = createServer((socket) => socket.end("220 mail.example.com ESMTP\r\n")).listen(0, INTERNET);
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const result = await post({ port });
    server.close();
    expect(result).toMatchObject({ outcome: "failed", error: expect.stringMatching(/HTTPS|encrypted/) });
  });
});

describe("a name that leads somewhere else", () => {
  it("is looked up once: the connection goes to the address that was checked", async () => {
    await using internet = await serve();
    await using intranet = await listen(certificate, { address: INTRANET, port: internet.port });
    const resolve = vi.fn(async () => [INTRANET]).mockResolvedValueOnce([INTERNET]);
    expect(await post(internet, { resolve })).toMatchObject({ outcome: "sent" });
    expect(resolve).toHaveBeenCalledTimes(1);
    expect(resolve).toHaveBeenCalledWith(HOST);
    expect([internet.received.length, intranet.connections()]).toEqual([1, 0]);
  });

  it("is refused the next time, when it has changed its mind", async () => {
    await using internet = await serve();
    await using intranet = await listen(certificate, { address: INTRANET, port: internet.port });
    const resolve = vi.fn(async () => [INTRANET]).mockResolvedValueOnce([INTERNET]);
    await post(internet, { resolve });
    expect(await post(internet, { resolve })).toMatchObject({
      outcome: "failed",
      permanent: true,
      error: expect.stringMatching(/not public/),
    });
    expect(intranet.connections()).toBe(0);
  });

  it.each([[[INTERNET, INTRANET]], [[INTRANET, INTERNET]]])(
    "is refused when one of its addresses is not public: %s",
    async (addresses) => {
      await using internet = await serve();
      await using intranet = await listen(certificate, { address: INTRANET, port: internet.port });
      const result = await post(internet, { resolve: async () => addresses });
      expect(result).toMatchObject({
        outcome: "failed",
        permanent: true,
        error: expect.stringMatching(/not public/),
      });
      expect([internet.connections(), intranet.connections()]).toEqual([0, 0]);
    },
  );

  it.each([
    "127.0.0.1",
    "169.254.169.254",
    "::1",
    "::ffff:127.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "fe80::1",
    "fd00:ec2::254",
  ])("is refused at %s, without a connection", async (address) => {
    await using server = await listen(certificate, { address: "127.0.0.1" });
    const result = await post(server, { resolve: async () => [address], mayConnectTo: undefined });
    expect(result).toMatchObject({
      outcome: "failed",
      permanent: true,
      error: expect.stringMatching(/not public/),
    });
    expect(server.connections()).toBe(0);
  });

  it("reaches one's own server where that is allowed by name", async () => {
    await using server = await listen(certificate, { address: "127.0.0.1" });
    const own = { resolve: async () => ["127.0.0.1"], mayConnectTo: undefined };
    expect(await post(server, own)).toMatchObject({ outcome: "failed", permanent: true });
    expect(await post(server, { ...own, allow: [`${HOST}:${server.port}`] })).toMatchObject({
      outcome: "sent",
    });
    expect(server.received).toHaveLength(1);
  });
});

describe("what is said of a failure", () => {
  it("holds nothing of the address, the message or the answer", async () => {
    await using refusing = await listen(certificate, {
      address: INTERNET,
      answer: (response) => response.writeHead(403, { "x-why": "answer-secret" }).end("answer-secret"),
    });
    await using selfSigned = await listen(await newCertificate({ host: HOST }), { address: INTERNET });
    const results = [
      await post(refusing),
      await post(selfSigned),
      await post(refusing, { resolve: async () => [INTRANET] }),
      await post(refusing, { resolve: () => Promise.reject(new Error(`getaddrinfo ENOTFOUND ${HOST}`)) }),
      await post({ port: 1 }),
    ];
    for (const result of results) {
      expect(result.outcome).toBe("failed");
      expect(JSON.stringify(result)).not.toMatch(/secret|hooks\.example|127\.0\.0|grüße/);
    }
  });
});

function dripping(response: Parameters<Answer>[0]) {
  response.writeHead(200);
  const timer = setInterval(() => response.write("."), 50);
  response.on("close", () => clearInterval(timer));
}
