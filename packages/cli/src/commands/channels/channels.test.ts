import { type MemoryApi, startMemoryApi } from "@ai-usage/client/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { NOW, runCli } from "../../testing/run-cli.ts";

let api: MemoryApi;
beforeEach(async () => {
  api = await startMemoryApi(() => NOW);
});
afterEach(() => api.close());

const SLACK_URL = "https://hooks.slack.com/services/T0/B0/secret";

describe("channels add", () => {
  it("sets what a channel tells of, and when", async () => {
    const { stdout } = await runCli(
      api,
      "channels add email --name Ops --to ops@example.com,lead@example.com --min-level WARNING " +
        "--kinds budget_threshold,cost_spike --scopes 'team:*' --quiet-hours 22:00-07:00 --quiet-days saturday,sunday " +
        "--quiet-unless CRITICAL --digest daily --digest-at 08:00 --digest-up-to INFO --tz Europe/Berlin " +
        "--cooldown 30m --rate-limit 10/1h --escalate chn_9:45m",
    );
    expect(api.requests[0]?.body).toEqual({
      kind: "email",
      name: "Ops",
      to: ["ops@example.com", "lead@example.com"],
      min_level: "WARNING",
      alert_kinds: ["budget_threshold", "cost_spike"],
      scopes: ["team:*"],
      quiet_hours: {
        from: "22:00",
        to: "07:00",
        time_zone: "Europe/Berlin",
        days: ["saturday", "sunday"],
        unless_level: "CRITICAL",
      },
      digest: { every: "daily", at: "08:00", time_zone: "Europe/Berlin", up_to_level: "INFO" },
      cooldown_minutes: 30,
      rate_limit: { messages: 10, per_minutes: 60 },
      escalation: { channel_id: "chn_9", after_minutes: 45 },
    });
    expect(stdout).toMatch(/quiet +22:00 to 07:00, Europe\/Berlin on saturday, sunday, unless CRITICAL/);
    expect(stdout).toMatch(/digest +daily at 08:00, Europe\/Berlin, up to INFO/);
    expect(stdout).toMatch(/rate limit +10 in 1h/);
    expect(stdout).toMatch(/escalates +to chn_9 after 45m/);
    expect(stdout).toContain("ai-usage channels test chn_1");
  });

  it("takes a secret from the environment or standard input, and shows it nowhere", async () => {
    const byEnv = await runCli(api, "channels add slack --name costs --secret-env HOOK", {
      env: { HOOK: SLACK_URL },
    });
    const byStdin = await runCli(api, "channels add pagerduty --name on-call --standby --secret-stdin", {
      stdin: "routing-key\n",
    });
    expect(api.ledger.told.secrets).toEqual(
      new Map([
        ["chn_1", SLACK_URL],
        ["chn_2", "routing-key"],
      ]),
    );
    const list = await runCli(api, "channels list");
    for (const { stdout, stderr } of [byEnv, byStdin, list]) {
      expect(stdout + stderr).not.toContain(SLACK_URL);
      expect(stdout + stderr).not.toContain("routing-key");
    }
    expect(list.stdout).toMatch(/chn_2 +pagerduty +on-call +\(secret\) +INFO +all +on standby +active/);
  });

  it("asks for a secret on the terminal, without showing what is typed", async () => {
    const asked = await runCli(api, "channels add slack --name costs", {
      terminal: true,
      stdin: `${SLACK_URL}\n`,
    });
    expect(asked.exitCode).toBe(0);
    expect(asked.stderr).toContain("Address of the incoming webhook of Slack (not shown): ");
    expect(asked.stdout + asked.stderr).not.toContain(SLACK_URL);
    expect(api.ledger.told.secrets.get("chn_1")).toBe(SLACK_URL);
  });

  it.each([
    ["slack --name costs", "give the secret by --secret-stdin or --secret-env"],
    ["slack --name costs --secret-env NOT_SET", "NOT_SET is not set"],
    ["slack --name costs --secret-stdin", "no secret on standard input"],
    ["slack --name costs --secret-stdin --secret-env HOOK", "cannot be used with"],
    [`slack --name costs --secret ${SLACK_URL}`, "unknown option '--secret'"],
    ["pigeon --name coo", "Allowed choices are email"],
    [
      "email --name Ops --to a@b.c --quiet-days sunday",
      "--quiet-days and --quiet-unless go with --quiet-hours",
    ],
    ["email --name Ops --to a@b.c --digest-at 08:00", "go with --digest"],
    ["email --name Ops --to a@b.c --tz UTC", "--tz goes with"],
    ["email --name Ops --to a@b.c --quiet-hours 22:00", "two times of the day"],
    ["email --name Ops --to a@b.c --rate-limit lots", "10/1h"],
    ["email --name Ops --to a@b.c --escalate chn_1", "chn_0f3c9a41b2d7e856:30m"],
  ])("is refused with %s", async (args, message) => {
    const { exitCode, stderr } = await runCli(api, `channels add ${args}`);
    expect(stderr).toContain(message);
    expect(exitCode).toBe(2);
    expect(api.requests).toEqual([]);
  });

  it("shows a signing secret that was made up, this once", async () => {
    const { stdout } = await runCli(
      api,
      "channels add webhook --name ledger --url https://hooks.example.com/a",
    );
    expect(stdout).toContain("whsec_made_up");
    expect(stdout).toContain("shown this once");
    expect((await runCli(api, "channels show chn_1 --json")).stdout).not.toContain("whsec_made_up");
  });
});

describe("channels update", () => {
  beforeEach(() =>
    runCli(api, "channels add email --name Ops --to ops@example.com --quiet-hours 22:00-07:00 --standby"),
  );

  it("changes what is given, ends what is to end, and leaves the rest", async () => {
    const { stdout } = await runCli(
      api,
      "channels update chn_1 --min-level CRITICAL --no-quiet-hours --no-standby",
    );
    expect(api.requests.at(-1)?.body).toEqual({ min_level: "CRITICAL", quiet_hours: null, standby: false });
    expect(stdout).toMatch(/to +ops@example\.com/);
    expect(stdout).not.toContain("quiet");
  });

  it("wants something to change", async () => {
    expect((await runCli(api, "channels update chn_1")).exitCode).toBe(2);
  });
});

describe("channels remove", () => {
  it("asks first", async () => {
    await runCli(api, "channels add email --name Ops --to ops@example.com");
    expect((await runCli(api, "channels remove chn_1", { terminal: true, stdin: "n\n" })).exitCode).toBe(1);
    expect((await runCli(api, "channels remove chn_1 --yes")).stdout).toBe("removed chn_1 (Ops)\n");
    expect((await runCli(api, "channels list")).stdout).toContain("No channels: nobody is told");
  });
});

describe("channels test", () => {
  beforeEach(() => runCli(api, "channels add email --name Ops --to ops@example.com"));

  it("says that the message went out", async () => {
    for (const command of ["channels test chn_1", "alerts test chn_1"]) {
      expect(await runCli(api, command)).toMatchObject({
        exitCode: 0,
        stdout: "sent, status 200, after 12 ms\n",
      });
    }
  });

  it("ends with 1 when it did not get through, and says why", async () => {
    api.ledger.told.testOutcome = { outcome: "failed", status: 403, error: "invalid_token", ms: 88 };
    const failed = await runCli(api, "channels test chn_1");
    expect(failed).toMatchObject({ exitCode: 1, stdout: "" });
    expect(failed.stderr).toContain("did not get through, status 403, after 88 ms: invalid_token");
    const json = await runCli(api, "channels test chn_1 --json");
    expect(json.exitCode).toBe(1);
    expect(JSON.parse(json.stdout)).toMatchObject({ outcome: "failed", status: 403 });
  });
});
