import { randomUUID } from "node:crypto";
import * as z from "zod";
import { PRIVATE_MODE, readJson, writeJson } from "../../home/files.ts";
import { REGION } from "../../template/physical-ids.ts";
import type { Stack } from "../../template/stack.ts";
import { AwsJsonError, type AwsJsonOperation } from "../aws-json.ts";
import { generateSecretString, generateSecretStringSchema } from "./generate-secret-string.ts";

const reading = {
  type: "AWS::SecretsManager::Secret",
  schema: z.object({
    Name: z.string().optional(),
    SecretString: z.string().optional(),
    GenerateSecretString: generateSecretStringSchema.optional(),
  }),
  ignored: ["Description", "KmsKeyId", "Tags"],
};

const secretSchema = z.object({
  arn: z.string(),
  name: z.string(),
  value: z.string().optional(),
  versionId: z.string(),
  createdAt: z.number(),
});
type Secret = z.infer<typeof secretSchema>;

/** The secrets of the template, kept in one file that the owner alone can read. */
export class Secrets {
  readonly #file: string;
  readonly #secrets: Map<string, Secret>;
  #written: Promise<void> = Promise.resolve();

  private constructor(file: string, secrets: Map<string, Secret>) {
    this.#file = file;
    this.#secrets = secrets;
  }

  /** Makes the secrets that are new and keeps the values of those that are not. */
  static async open(stack: Stack, file: string): Promise<Secrets> {
    const kept = z.array(secretSchema).parse((await readJson(file)) ?? []);
    const secrets = new Map(kept.map((secret) => [secret.arn, secret]));
    for (const { logicalId, properties } of stack.resources(reading)) {
      const arn = stack.ref(logicalId) ?? logicalId;
      if (secrets.has(arn)) continue;
      const { SecretString, GenerateSecretString } = properties;
      const value = SecretString ?? (GenerateSecretString && generateSecretString(GenerateSecretString));
      const name = arn.replace(/^.*:secret:/, "").replace(/-[^-]{6}$/, "");
      secrets.set(arn, { arn, name, value, versionId: randomUUID(), createdAt: Date.now() / 1000 });
    }
    const opened = new Secrets(file, secrets);
    await opened.#write();
    return opened;
  }

  /** @returns undefined for a secret that is not there or has no value yet */
  value(id: string): string | undefined {
    return this.#find(id)?.value;
  }

  operations(): Record<string, AwsJsonOperation> {
    return {
      "secretsmanager.GetSecretValue": (input) => this.#getSecretValue(input),
      "secretsmanager.PutSecretValue": (input) => this.#putSecretValue(input),
    };
  }

  #getSecretValue(input: unknown) {
    const { SecretId } = z.object({ SecretId: z.string() }).parse(input);
    const secret = this.#get(SecretId);
    if (secret.value === undefined) {
      throw new AwsJsonError(
        "ResourceNotFoundException",
        "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
      );
    }
    return {
      ARN: secret.arn,
      Name: secret.name,
      VersionId: secret.versionId,
      SecretString: secret.value,
      VersionStages: ["AWSCURRENT"],
      CreatedDate: secret.createdAt,
    };
  }

  async #putSecretValue(input: unknown) {
    const { SecretId, SecretString } = z
      .object({ SecretId: z.string(), SecretString: z.string() })
      .parse(input);
    const secret = { ...this.#get(SecretId), value: SecretString, versionId: randomUUID() };
    this.#secrets.set(secret.arn, secret);
    await this.#write();
    return { ARN: secret.arn, Name: secret.name, VersionId: secret.versionId, VersionStages: ["AWSCURRENT"] };
  }

  #find(id: string): Secret | undefined {
    return this.#secrets.get(id) ?? [...this.#secrets.values()].find(({ name }) => name === id);
  }

  #get(id: string): Secret {
    const secret = this.#find(id);
    if (secret !== undefined) return secret;
    throw new AwsJsonError(
      "ResourceNotFoundException",
      `Secrets Manager can't find the specified secret ${id} in ${REGION}.`,
    );
  }

  /** One write after the other: the last one holds everything. */
  #write(): Promise<void> {
    this.#written = this.#written.then(() =>
      writeJson(this.#file, [...this.#secrets.values()], PRIVATE_MODE),
    );
    return this.#written;
  }
}
