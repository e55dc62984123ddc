import { randomUUID } from "node:crypto";
import { Hono } from "hono";
import * as z from "zod";
import { PRIVATE_MODE, readJson, writeJson } from "../home/files.ts";
import type { Stack } from "../template/stack.ts";
import { within } from "../within.ts";
import type { InvokeFunction } from "./lambda/functions.ts";

const responseSchema = z.object({
  Status: z.enum(["SUCCESS", "FAILED"]),
  Reason: z.string().optional(),
  PhysicalResourceId: z.string().optional(),
  Data: z.record(z.string(), z.coerce.string()).default({}),
});
type CloudFormationResponse = z.infer<typeof responseSchema>;

const madeSchema = z.record(
  z.string(),
  z.object({ physicalId: z.string(), data: z.record(z.string(), z.string()) }),
);

export interface CustomResourcesOptions {
  readonly stack: Stack;
  readonly invoke: InvokeFunction;
  /** Remembers what has been made, so that a custom resource is made once per home. */
  readonly file: string;
  /** Where `responses` is mounted. */
  readonly responsesUrl: string;
}

/** CloudFormation's part of a custom resource: it asks a function to make one and waits for the answer by HTTP. */
export class CustomResources {
  readonly #options: CustomResourcesOptions;
  readonly #awaited = new Map<string, (response: CloudFormationResponse) => void>();

  constructor(options: CustomResourcesOptions) {
    this.#options = options;
  }

  /** Takes the answers of functions: `PUT /<id>`. */
  responses(): Hono {
    return new Hono().put("/:id", async (context) => {
      const settle = this.#awaited.get(context.req.param("id"));
      if (settle === undefined) return context.notFound();
      settle(responseSchema.parse(await context.req.json()));
      return context.body(null, 200);
    });
  }

  /** Makes those that this home does not have yet. */
  async create(): Promise<void> {
    const { stack, file } = this.#options;
    const made = madeSchema.parse((await readJson(file)) ?? {});
    for (const { logicalId, type, properties } of stack.customResources()) {
      const resource = made[logicalId] ?? (await this.#create(logicalId, type, properties));
      made[logicalId] = resource;
      await writeJson(file, made, PRIVATE_MODE);
      stack.bindRef(logicalId, resource.physicalId);
      for (const [name, value] of Object.entries(resource.data)) stack.bindAttribute(logicalId, name, value);
    }
  }

  async #create(logicalId: string, type: string, properties: Readonly<Record<string, unknown>>) {
    const { stack, invoke, responsesUrl } = this.#options;
    const serviceToken = z.string().parse(properties.ServiceToken);
    const id = randomUUID();
    const answer = new Promise<CloudFormationResponse>((settle) => this.#awaited.set(id, settle));
    const result = await invoke(serviceToken, {
      RequestType: "Create",
      ServiceToken: serviceToken,
      ResponseURL: `${responsesUrl}/${id}`,
      StackId: stack.ref("AWS::StackId"),
      RequestId: id,
      LogicalResourceId: logicalId,
      ResourceType: type,
      ResourceProperties: properties,
    });
    const response =
      result.functionError === undefined ? await within(timeoutMs(properties), answer) : undefined;
    this.#awaited.delete(id);
    if (response?.Status === "SUCCESS") {
      return { physicalId: response.PhysicalResourceId ?? id, data: response.Data };
    }
    const reason = result.functionError === undefined ? response?.Reason : result.payload.errorMessage;
    throw new Error(`custom resource ${logicalId} could not be made: ${reason ?? "no answer in time"}`);
  }
}

/** CloudFormation waits an hour when the resource does not say how long. */
function timeoutMs({ ServiceTimeout }: Readonly<Record<string, unknown>>): number {
  return z.coerce.number().default(3600).parse(ServiceTimeout) * 1000;
}
