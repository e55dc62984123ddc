import { statSync } from "node:fs";
import { join } from "node:path";
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { Hono } from "hono";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { LOCAL_AWS } from "../../engine/index.ts";
import { fixtureStack, temporaryDirectory } from "../../testing/fixture-assembly.ts";
import { awsJson } from "../aws-json.ts";
import { type LoopbackServer, listenOnLoopback } from "../loopback-server.ts";
import { generateSecretString, generateSecretStringSchema } from "./generate-secret-string.ts";
import { Secrets } from "./secrets.ts";

const directory = temporaryDirectory();
const file = join(directory.path, "secrets.json");
const stack = fixtureStack({
  resources: {
    Token: {
      Type: "AWS::SecretsManager::Secret",
      Properties: {
        GenerateSecretString: { SecretStringTemplate: '{"user":"a"}', GenerateStringKey: "token" },
      },
    },
    Empty: { Type: "AWS::SecretsManager::Secret", Properties: { Name: "empty" } },
  },
});
let server: LoopbackServer;
let client: SecretsManagerClient;

beforeAll(async () => {
  server = await listenOnLoopback(0);
  server.serve(new Hono().post("/", awsJson((await Secrets.open(stack, file)).operations())));
  const { region, ...credentials } = LOCAL_AWS;
  client = new SecretsManagerClient({ endpoint: server.url, region, credentials });
});

afterAll(async () => {
  client.destroy();
  await server.stop();
  directory.remove();
});

const get = (SecretId: string) => client.send(new GetSecretValueCommand({ SecretId }));

describe("Secrets Manager", () => {
  it("makes the secrets of the template", async () => {
    const { SecretString, Name, ARN } = await get(stack.ref("Token") ?? "");
    expect(Name).toBe("fixture-Token");
    expect(ARN).toBe(stack.ref("Token"));
    expect(JSON.parse(SecretString ?? "")).toMatchObject({
      user: "a",
      token: expect.stringMatching(/^.{32}$/),
    });
  });

  it("keeps a value that was put, where the owner alone can read it", async () => {
    await client.send(new PutSecretValueCommand({ SecretId: "fixture-Token", SecretString: "new" }));
    expect((await get("fixture-Token")).SecretString).toBe("new");
    expect((await Secrets.open(stack, file)).value("fixture-Token")).toBe("new");
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it("makes a secret that a function asks for, once, and keeps it", async () => {
    const create = () => client.send(new CreateSecretCommand({ Name: "channels/c1", SecretString: "key" }));
    const { ARN } = await create();
    expect(ARN).toMatch(/^arn:aws:secretsmanager:us-east-1:000000000000:secret:channels\/c1-.{6}$/);
    expect((await get("channels/c1")).SecretString).toBe("key");
    expect((await Secrets.open(stack, file)).value(ARN ?? "")).toBe("key");
    await expect(create()).rejects.toMatchObject({ name: "ResourceExistsException" });
  });

  it("deletes a secret at once when told to: its name is free again", async () => {
    await client.send(new DeleteSecretCommand({ SecretId: "channels/c1", ForceDeleteWithoutRecovery: true }));
    await expect(get("channels/c1")).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    expect((await Secrets.open(stack, file)).value("channels/c1")).toBeUndefined();
    await client.send(new CreateSecretCommand({ Name: "channels/c1" }));
  });

  it("gives nothing out that is marked for deletion, and keeps its name until that time is over", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    try {
      await client.send(new DeleteSecretCommand({ SecretId: "channels/c1", RecoveryWindowInDays: 7 }));
      const { DeletedDate, Name } = await client.send(new DescribeSecretCommand({ SecretId: "channels/c1" }));
      expect([Name, DeletedDate]).toEqual(["channels/c1", new Date(Date.now() + 7 * 86_400_000)]);
      const marked = { name: "InvalidRequestException" };
      await expect(get("channels/c1")).rejects.toMatchObject(marked);
      const create = () => client.send(new CreateSecretCommand({ Name: "channels/c1" }));
      await expect(create()).rejects.toMatchObject(marked);
      vi.setSystemTime(Date.now() + 7 * 86_400_000 + 1);
      await expect(get("channels/c1")).rejects.toMatchObject({ name: "ResourceNotFoundException" });
      await create();
    } finally {
      vi.useRealTimers();
    }
  });

  it("knows no other secret, and no value of an empty one", async () => {
    await expect(get("other")).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    await expect(get("empty")).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  });
});

describe("generated secret", () => {
  const generate = (options: Record<string, unknown>) =>
    generateSecretString(generateSecretStringSchema.parse(options));

  it("has every kind of character that is not excluded", () => {
    const password = generate({ PasswordLength: 4 });
    for (const kind of [/[a-z]/, /[A-Z]/, /[0-9]/, /[^a-zA-Z0-9]/]) expect(password).toMatch(kind);
    expect(generate({ ExcludePunctuation: true, ExcludeCharacters: "abc" })).toMatch(/^[d-zA-Z0-9]{32}$/);
  });
});
