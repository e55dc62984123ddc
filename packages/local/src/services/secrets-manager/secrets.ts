import { randomUUID } from "node:crypto";
import * as z from "zod";
import { PRIVATE_MODE, readJson, writeJson } from "../../home/files.ts";
import { REGION, secretArn } from "../../template/physical-ids.ts";
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
  /** Seconds since 1970, as the service has it. */
  createdAt: z.number(),
  /** When it is gone: until then its deletion can be taken back. */
  goneAt: z.number().optional(),
});
type Secret = z.infer<typeof secretSchema>;

const DAY_SECONDS = 86_400;

const createSchema = z.object({
  Name: z.string().regex(/^[\w/+=.@-]{1,512}$/),
  SecretString: z.string().optional(),
});
const deleteSchema = z.object({
  SecretId: z.string(),
  ForceDeleteWithoutRecovery: z.boolean().default(false),
  RecoveryWindowInDays: z.number().int().min(7).max(30).default(30),
});

/** The secrets of the template and those that functions have made, kept in one file that the owner alone can read. */
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
      secrets.set(arn, newSecret({ arn, name, value }));
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
      "secretsmanager.CreateSecret": (input) => this.#createSecret(input),
      "secretsmanager.DescribeSecret": (input) => this.#describeSecret(input),
      "secretsmanager.GetSecretValue": (input) => this.#getSecretValue(input),
      "secretsmanager.PutSecretValue": (input) => this.#putSecretValue(input),
      "secretsmanager.DeleteSecret": (input) => this.#deleteSecret(input),
    };
  }

  async #createSecret(input: unknown) {
    const { Name: name, SecretString: value } = createSchema.parse(input);
    const former = this.#find(name);
    if (former?.goneAt !== undefined) throw scheduledForDeletion();
    if (former !== undefined) {
      throw new AwsJsonError(
        "ResourceExistsException",
        `The operation failed because the secret ${name} already exists.`,
      );
    }
    const secret = newSecret({ arn: secretArn(name), name, value });
    this.#secrets.set(secret.arn, secret);
    await this.#write();
    return { ARN: secret.arn, Name: name, VersionId: secret.versionId };
  }

  #describeSecret(input: unknown) {
    const secret = this.#get(z.object({ SecretId: z.string() }).parse(input).SecretId);
    return {
      ARN: secret.arn,
      Name: secret.name,
      CreatedDate: secret.createdAt,
      DeletedDate: secret.goneAt,
      VersionIdsToStages: { [secret.versionId]: ["AWSCURRENT"] },
    };
  }

  /** What is deleted with time to take it back stays, and its name is taken, until that time is over. */
  async #deleteSecret(input: unknown) {
    const { SecretId, ForceDeleteWithoutRecovery, RecoveryWindowInDays } = deleteSchema.parse(input);
    const { arn, name } = this.#get(SecretId);
    const now = Date.now() / 1000;
    if (ForceDeleteWithoutRecovery) this.#secrets.delete(arn);
    else this.#secrets.set(arn, { ...this.#get(arn), goneAt: now + RecoveryWindowInDays * DAY_SECONDS });
    await this.#write();
    return { ARN: arn, Name: name, DeletionDate: this.#secrets.get(arn)?.goneAt ?? now };
  }

  #getSecretValue(input: unknown) {
    const { SecretId } = z.object({ SecretId: z.string() }).parse(input);
    const secret = this.#usable(SecretId);
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
    const secret = { ...this.#usable(SecretId), value: SecretString, versionId: randomUUID() };
    this.#secrets.set(secret.arn, secret);
    await this.#write();
    return { ARN: secret.arn, Name: secret.name, VersionId: secret.versionId, VersionStages: ["AWSCURRENT"] };
  }

  #find(id: string): Secret | undefined {
    const secret = this.#secrets.get(id) ?? [...this.#secrets.values()].find(({ name }) => name === id);
    const isGone = secret?.goneAt !== undefined && secret.goneAt <= Date.now() / 1000;
    return isGone ? undefined : secret;
  }

  #get(id: string): Secret {
    const secret = this.#find(id);
    if (secret !== undefined) return secret;
    throw new AwsJsonError(
      "ResourceNotFoundException",
      `Secrets Manager can't find the specified secret ${id} in ${REGION}.`,
    );
  }

  #usable(id: string): Secret {
    const secret = this.#get(id);
    if (secret.goneAt !== undefined) throw scheduledForDeletion();
    return secret;
  }

  /** One write after the other: the last one holds everything. */
  #write(): Promise<void> {
    this.#written = this.#written.then(() =>
      writeJson(this.#file, [...this.#secrets.values()], PRIVATE_MODE),
    );
    return this.#written;
  }
}

const newSecret = (secret: Pick<Secret, "arn" | "name" | "value">): Secret => ({
  ...secret,
  versionId: randomUUID(),
  createdAt: Date.now() / 1000,
});

const scheduledForDeletion = () =>
  new AwsJsonError(
    "InvalidRequestException",
    "You can't perform this operation on the secret because it was marked for deletion.",
  );
