import * as z from "zod";
import { named } from "./shapes.ts";

type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [name: string]: Json;
}

const jsonObject: z.ZodType<JsonObject> = z.record(z.string(), z.json());
const converted = z.object({
  properties: z.object({ it: jsonObject }),
  $defs: z.record(z.string(), jsonObject).optional(),
});
const objectSchema = z.object({
  properties: z.record(z.string(), jsonObject).optional(),
  required: z.array(z.string()).optional(),
});

/** JSON schemas of what is sent and answered. Those that have a name are kept here, and others refer to them. */
export class JsonSchemas {
  readonly #named = new Map<string, JsonObject>();

  of(schema: z.ZodType): JsonObject {
    // Inside of another one even a schema with a name is referred to.
    const whole = z.toJSONSchema(z.object({ it: schema }), {
      io: "input",
      metadata: named,
      unrepresentable: "any",
    });
    const { properties, $defs = {} } = converted.parse(whole);
    for (const [name, { id: _, ...definition }] of Object.entries($defs)) {
      this.#named.set(name, jsonObject.parse(tidy(definition)));
    }
    return jsonObject.parse(tidy(properties.it));
  }

  /** The members of an object, each with a schema of its own. */
  membersOf(schema: z.ZodType): { name: string; required: boolean; schema: JsonObject }[] {
    const { properties = {}, required = [] } = objectSchema.parse(this.of(schema));
    return Object.entries(properties).map(([name, member]) => ({
      name,
      required: required.includes(name),
      schema: member,
    }));
  }

  named(): JsonObject {
    return Object.fromEntries([...this.#named].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

/** As the document has it: references lead to its components, and a member that nothing may be is no member. */
function tidy(value: Json): Json {
  if (Array.isArray(value)) return value.map(tidy);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => !isNothing(member));
  return Object.fromEntries(
    members.map(([name, member]) => [
      name,
      name === "$ref" && typeof member === "string"
        ? member.replace("#/$defs/", "#/components/schemas/")
        : tidy(member),
    ]),
  );
}

const isNothing = (value: Json): boolean => JSON.stringify(value) === '{"not":{}}';
