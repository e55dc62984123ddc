import { mkdirSync } from "node:fs";
import { devNull } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import {
  createFunctionRunner,
  type FunctionRunner,
  type InvokeResult,
  LOCAL_AWS,
} from "../../engine/index.ts";
import { UnsupportedTemplateError } from "../../template/errors.ts";
import type { Stack } from "../../template/stack.ts";
import { functionNameOf } from "./function-name.ts";

const reading = {
  type: "AWS::Lambda::Function",
  schema: z.object({
    FunctionName: z.string().optional(),
    Code: z.object({ S3Key: z.string() }),
    Handler: z.literal("index.handler"),
    Runtime: z.string().startsWith("nodejs"),
    Environment: z
      .object({ Variables: z.record(z.string(), z.coerce.string()).default({}) })
      .default({ Variables: {} }),
    Timeout: z.number().default(3),
    MemorySize: z.number().default(128),
  }),
  ignored: [
    "Architectures",
    "DeadLetterConfig",
    "Description",
    "LoggingConfig",
    "ReservedConcurrentExecutions",
    "Role",
    "Tags",
    "TracingConfig",
  ],
};

export class FunctionNotFoundError extends Error {
  override readonly name = "FunctionNotFoundError";
  readonly functionName: string;

  constructor(functionName: string) {
    super(`Function not found: ${functionName}`);
    this.functionName = functionName;
  }
}

/** Invokes a function of the stack by its name or ARN. @throws FunctionNotFoundError */
export type InvokeFunction = (nameOrArn: string, event: unknown) => Promise<InvokeResult>;

export interface Functions {
  readonly invoke: InvokeFunction;
  get(nameOrArn: string): FunctionRunner;
  stop(): Promise<void>;
}

export interface FunctionsOptions {
  /** Where the SDK finds each service: `AWS_ENDPOINT_URL_<SERVICE>`. */
  readonly endpoints: Readonly<Record<string, string>>;
  readonly logDirectory: string;
}

/** The functions of the template: the bundles that would be deployed, each in threads of its own. */
export function createFunctions(stack: Stack, { endpoints, logDirectory }: FunctionsOptions): Functions {
  mkdirSync(logDirectory, { recursive: true });
  const runners = new Map<string, FunctionRunner>();
  for (const { logicalId, properties } of stack.resources(reading)) {
    const directory = stack.assetDirectory(properties.Code.S3Key);
    if (directory === undefined) {
      throw new UnsupportedTemplateError(logicalId, "Code.S3Key", "is no asset of this assembly");
    }
    const functionName = stack.ref(logicalId) ?? logicalId;
    const runner = createFunctionRunner({
      functionName,
      functionArn: stack.attribute(logicalId, "Arn"),
      directory,
      env: { ...runtimeEnvironment(properties.Runtime), ...endpoints, ...properties.Environment.Variables },
      timeoutMs: properties.Timeout * 1000,
      memoryMb: properties.MemorySize,
      log: join(logDirectory, `${functionName}.log`),
    });
    runners.set(functionName, runner);
  }

  const get = (nameOrArn: string): FunctionRunner => {
    const name = functionNameOf(nameOrArn);
    const runner = runners.get(name);
    if (runner === undefined) throw new FunctionNotFoundError(name);
    return runner;
  };
  return {
    get,
    invoke: async (nameOrArn, event) => get(nameOrArn).invoke(event),
    stop: async () => {
      await Promise.all([...runners.values()].map((runner) => runner.stop()));
    },
  };
}

/** What Lambda sets in every function, with credentials that are good for nothing. */
function runtimeEnvironment(runtime: string): Record<string, string> {
  return {
    AWS_EXECUTION_ENV: `AWS_Lambda_${runtime}`,
    AWS_REGION: LOCAL_AWS.region,
    AWS_DEFAULT_REGION: LOCAL_AWS.region,
    AWS_ACCESS_KEY_ID: LOCAL_AWS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: LOCAL_AWS.secretAccessKey,
    // Profiles of whoever sits at this machine could lead a function to a real account.
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: "true",
    TZ: "UTC",
    NODE_NO_WARNINGS: "1",
    NODE_OPTIONS: "",
  };
}
