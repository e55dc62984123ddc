import * as z from "zod";
import type { Assembly, TemplateResource } from "./assembly.ts";
import { UnsupportedTemplateError } from "./errors.ts";
import { type References, resolveIntrinsics } from "./intrinsics.ts";
import { ACCOUNT_ID, arn, PARTITION, physicalId, REGION } from "./physical-ids.ts";
import { isCustomResource, isKnownType } from "./resource-types.ts";

export interface ResolvedResource<Properties> {
  readonly logicalId: string;
  readonly properties: Properties;
}

/** How a service reads the resources of its type. */
export interface ResourceReading<Schema extends z.ZodObject> {
  readonly type: string;
  /** The properties that the service honours. */
  readonly schema: Schema;
  /** Properties that change nothing on one machine. A property in neither list is refused, not overlooked. */
  readonly ignored: readonly string[];
}

/** The template with its references resolved against what runs on this machine. */
export class Stack implements References {
  readonly name: string;
  readonly #assembly: Assembly;
  readonly #refs = new Map<string, string>();
  readonly #attributes = new Map<string, string>();

  constructor(assembly: Assembly) {
    this.name = assembly.stackName;
    this.#assembly = assembly;
    for (const { logicalId, type } of assembly.resources.values()) {
      if (!isKnownType(type)) {
        throw new UnsupportedTemplateError(logicalId, "", `the local runtime does not run ${type}`);
      }
    }
  }

  ref(logicalId: string): string | undefined {
    return (
      this.#pseudoParameter(logicalId) ??
      this.#refs.get(logicalId) ??
      this.#assembly.parameters.get(logicalId) ??
      this.#physicalId(logicalId)?.ref
    );
  }

  attribute(logicalId: string, attribute: string): string | undefined {
    return (
      this.#attributes.get(`${logicalId}.${attribute}`) ?? this.#physicalId(logicalId)?.attributes[attribute]
    );
  }

  bindRef(logicalId: string, value: string): void {
    this.#refs.set(logicalId, value);
  }

  bindAttribute(logicalId: string, attribute: string, value: string): void {
    this.#attributes.set(`${logicalId}.${attribute}`, value);
  }

  /** Directory of the asset stored under an object key. */
  assetDirectory(objectKey: string): string | undefined {
    return this.#assembly.assets.get(objectKey);
  }

  /** @throws Error when the template has no such output */
  output(name: string): string {
    const value = this.#assembly.outputs.get(name);
    if (value === undefined) throw new Error(`the template of ${this.name} has no output ${name}`);
    return String(this.#resolve(`Output ${name}`, "Value", value));
  }

  resources<Schema extends z.ZodObject>(
    reading: ResourceReading<Schema>,
  ): ResolvedResource<z.output<Schema>>[] {
    return [...this.#assembly.resources.values()]
      .filter((resource) => resource.type === reading.type)
      .map((resource) => ({
        logicalId: resource.logicalId,
        properties: this.#read(resource, reading),
      }));
  }

  /** Custom resources, whose properties are theirs to define. */
  customResources(): (ResolvedResource<Readonly<Record<string, unknown>>> & { readonly type: string })[] {
    return [...this.#assembly.resources.values()]
      .filter(({ type }) => isCustomResource(type))
      .map(({ logicalId, type, properties }) => ({
        logicalId,
        type,
        properties: z.record(z.string(), z.unknown()).parse(this.#resolve(logicalId, "", properties)),
      }));
  }

  #read<Schema extends z.ZodObject>(resource: TemplateResource, reading: ResourceReading<Schema>) {
    const { logicalId } = resource;
    const wanted: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(resource.properties)) {
      if (reading.ignored.includes(name)) continue;
      if (!(name in reading.schema.shape)) {
        throw new UnsupportedTemplateError(
          logicalId,
          name,
          `the local runtime does not imitate it (${reading.type})`,
        );
      }
      wanted[name] = this.#resolve(logicalId, name, value);
    }
    const parsed = reading.schema.safeParse(wanted);
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    throw new UnsupportedTemplateError(
      logicalId,
      issue?.path.join(".") ?? "",
      issue?.message ?? "is not understood",
    );
  }

  #resolve(logicalId: string, path: string, value: unknown): unknown {
    return resolveIntrinsics(value, this, { logicalId, path });
  }

  #physicalId(logicalId: string) {
    const resource = this.#assembly.resources.get(logicalId);
    if (resource === undefined) return undefined;
    return physicalId({
      type: resource.type,
      logicalId,
      stackName: this.name,
      property: (name) => {
        const value = resource.properties[name];
        return value === undefined ? undefined : String(this.#resolve(logicalId, name, value));
      },
    });
  }

  #pseudoParameter(name: string): string | undefined {
    switch (name) {
      case "AWS::AccountId":
        return ACCOUNT_ID;
      case "AWS::Region":
        return REGION;
      case "AWS::Partition":
        return PARTITION;
      case "AWS::URLSuffix":
        return "amazonaws.com";
      case "AWS::StackName":
        return this.name;
      case "AWS::StackId":
        return arn("cloudformation", `stack/${this.name}/local`);
      default:
        return undefined;
    }
  }
}
