import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
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

const propertiesSchema = z.record(z.string(), z.unknown());
type Properties = Readonly<z.infer<typeof propertiesSchema>>;

const madeSchema = z.object({
  physicalId: z.string(),
  properties: propertiesSchema,
  data: z.record(z.string(), z.string()),
});
type Made = z.infer<typeof madeSchema>;

type Declared = ReturnType<Stack["customResources"]>[number];

export interface CustomResourcesOptions {
  readonly stack: Stack;
  readonly invoke: InvokeFunction;
  /** Remembers what has been made and of what, so that a custom resource is made once per home. */
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

  /** Makes those that this home does not have yet, and brings those up to date whose properties have changed since. */
  async apply(): Promise<void> {
    const { stack, file } = this.#options;
    const made = z.record(z.string(), madeSchema).parse((await readJson(file)) ?? {});
    for (const declared of stack.customResources()) {
      const { logicalId, properties } = declared;
      const former = made[logicalId];
      const resource =
        former !== undefined && isDeepStrictEqual(former.properties, properties)
          ? former
          : await this.#make(declared, former);
      made[logicalId] = resource;
      await writeJson(file, made, PRIVATE_MODE);
      stack.bindRef(logicalId, resource.physicalId);
      for (const [name, value] of Object.entries(resource.data)) stack.bindAttribute(logicalId, name, value);
    }
  }

  async #make(declared: Declared, former: Made | undefined): Promise<Made> {
    const { logicalId, properties } = declared;
    const request =
      former === undefined
        ? { RequestType: "Create" }
        : {
            RequestType: "Update",
            PhysicalResourceId: former.physicalId,
            OldResourceProperties: former.properties,
          };
    const { response, id, reason } = await this.#ask(declared, request);
    if (response?.Status !== "SUCCESS") {
      const what = former === undefined ? "made" : "updated";
      throw new Error(`custom resource ${logicalId} could not be ${what}: ${reason ?? "no answer in time"}`);
    }
    const physicalId = response.PhysicalResourceId ?? former?.physicalId ?? id;
    return { physicalId, properties: { ...properties }, data: response.Data };
  }

  async #ask({ logicalId, type, properties }: Declared, request: object) {
    const { stack, invoke, responsesUrl } = this.#options;
    const serviceToken = z.string().parse(properties.ServiceToken);
    const id = randomUUID();
    const answer = new Promise<CloudFormationResponse>((settle) => this.#awaited.set(id, settle));
    const result = await invoke(serviceToken, {
      ...request,
      ServiceToken: serviceToken,
      ResponseURL: `${responsesUrl}/${id}`,
      StackId: stack.ref("AWS::StackId"),
      RequestId: id,
      LogicalResourceId: logicalId,
      ResourceType: type,
      ResourceProperties: properties,
    });
    const failed = result.functionError !== undefined;
    const response = failed ? undefined : await within(timeoutMs(properties), answer);
    this.#awaited.delete(id);
    return { id, response, reason: failed ? result.payload.errorMessage : response?.Reason };
  }
}

/** CloudFormation waits an hour when the resource does not say how long. */
function timeoutMs({ ServiceTimeout }: Properties): number {
  return z.coerce.number().default(3600).parse(ServiceTimeout) * 1000;
}
