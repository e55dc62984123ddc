import { ConverseCommand } from "@aws-sdk/client-bedrock-runtime";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { withUsageContext } from "../context/usage-context.ts";
import { TrackerConfigurationError } from "../environment/configuration-error.ts";
import { type ProviderServer, startProviderServer } from "../testing/index.ts";
import { testTracker } from "../testing/test-tracker.ts";
import { ClientConfig } from "./client-config.ts";
import { ClientManager } from "./client-manager.ts";
import { importSdk, MissingSdkError } from "./import-sdk.ts";

let server: ProviderServer;
beforeEach(async () => {
  server = await startProviderServer();
});
afterEach(() => server.close());

function setting() {
  const { tracker, metrics } = testTracker();
  const config = ClientConfig.fromEnv({
    OPENAI_API_KEY: "sk-test",
    OPENAI_BASE_URL: server.openAIUrl,
    GEMINI_API_KEY: "g-test",
    GOOGLE_GEMINI_BASE_URL: server.url,
  });
  const manager = new ClientManager(config, { tracker });
  const ask = async () => {
    const openai = await manager.openAI();
    await openai.chat.completions.create({ model: "gpt-4o", messages: [{ role: "user", content: "Hello" }] });
  };
  return { manager, tracker, metrics, ask };
}

describe("ClientManager", () => {
  it("makes one client of a provider, when it is first asked for", async () => {
    const { manager } = setting();
    const [one, other] = await Promise.all([manager.openAI(), manager.openAI()]);
    expect(one).toBe(other);
    expect(one.apiKey).toBe("sk-test");
  });

  it("gives all later calls the tracking context that was set last", async () => {
    const { manager, tracker, metrics, ask } = setting();
    await ask();
    manager.setTrackingContext({ jobId: "job-123", batchId: "batch-456" });
    await ask();
    manager.setTrackingContext({ jobId: "job-124" });
    await ask();
    await tracker.flush();
    expect(metrics.map(({ job_id, batch_id }) => [job_id, batch_id])).toEqual([
      [undefined, undefined],
      ["job-123", "batch-456"],
      ["job-124", undefined],
    ]);
  });

  it("has what a call's own context says win over it", async () => {
    const { manager, tracker, metrics, ask } = setting();
    manager.setTrackingContext({ jobId: "job-1", team: "growth", metadata: { a: 1, b: 1 } });
    await withUsageContext({ team: "atlas", metadata: { b: 2 } }, ask);
    await tracker.flush();
    expect(metrics).toMatchObject([{ job_id: "job-1", team: "atlas", metadata: { a: 1, b: 2 } }]);
  });

  it("tracks clients of Google and Bedrock", async () => {
    const { manager, tracker } = setting();
    const google = await manager.google();
    await google.models
      .generateContent({ model: "gemini-2.5-flash", contents: "Hello" })
      .catch(() => undefined);
    expect(tracker.statistics.recorded).toBe(1);
    const bedrock = await new ClientManager(
      new ClientConfig({ bedrock: { region: "eu-west-1", endpoint: server.url } }),
      { tracker },
    ).bedrock();
    await bedrock.send(new ConverseCommand({ modelId: "m", messages: [] })).catch(() => undefined);
    expect(tracker.statistics.recorded).toBe(2);
  });

  it("tells of a key that is missing when the client is asked for, and tries anew after that", async () => {
    const manager = new ClientManager(new ClientConfig(), { tracker: testTracker().tracker });
    const known = process.env.OPENAI_API_KEY;
    delete process.env.OPENAI_API_KEY;
    try {
      await expect(manager.openAI()).rejects.toThrow(/OPENAI_API_KEY/);
      process.env.OPENAI_API_KEY = "sk-later";
      expect((await manager.openAI()).apiKey).toBe("sk-later");
    } finally {
      if (known === undefined) delete process.env.OPENAI_API_KEY;
      else process.env.OPENAI_API_KEY = known;
    }
  });

  it("does not begin with variables that cannot be", () => {
    expect(() => ClientConfig.fromEnv({ TRACK_AI_USAGE: "maybe" })).toThrow(TrackerConfigurationError);
  });
});

describe("an SDK that is not installed", () => {
  it("is named, with the command that installs it", async () => {
    const name = "@ai-usage/no-such-sdk";
    const asked = importSdk(name, () => import(/* @vite-ignore */ name));
    await expect(asked).rejects.toThrow(MissingSdkError);
    await expect(asked).rejects.toThrow("npm install @ai-usage/no-such-sdk");
  });

  it("is told from one that fails by itself", async () => {
    const failing = importSdk("openai", async () => {
      throw new SyntaxError("broken");
    });
    await expect(failing).rejects.toThrow(SyntaxError);
  });
});
