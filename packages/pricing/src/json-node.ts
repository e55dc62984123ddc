import { parseTimeZone } from "@ai-usage/core";
import type { PriceFileProblem } from "./errors.ts";

const TEXT_LENGTH_MAX = 1_000;

/** A value in a JSON document that knows where it stands, so that whatever is wrong with it can be told by its place. */
export class JsonNode {
  readonly value: unknown;
  readonly where: string;
  readonly #problems: PriceFileProblem[];

  constructor(value: unknown, where: string, problems: PriceFileProblem[]) {
    this.value = value;
    this.where = where;
    this.#problems = problems;
  }

  report(message: string): undefined {
    this.#problems.push({ where: this.where || "the file", message });
    return undefined;
  }

  at(value: unknown, place: string): JsonNode {
    return new JsonNode(value, this.where === "" ? place : `${this.where}, ${place}`, this.#problems);
  }

  /** The members of an object. Members not named here are reported: a misspelt one would be ignored silently. */
  members<Required extends string, Optional extends string>(
    required: readonly Required[],
    optional: readonly Optional[],
  ): Partial<Record<Required | Optional, JsonNode>> {
    const { value } = this;
    if (!isObject(value)) {
      this.report("must be an object");
      return {};
    }
    const members: Partial<Record<Required | Optional, JsonNode>> = {};
    for (const name of [...required, ...optional]) {
      if (Object.hasOwn(value, name)) members[name] = this.at(value[name], name);
    }
    for (const name of required)
      if (members[name] === undefined) this.at(undefined, name).report("is missing");
    for (const name of Object.keys(value)) {
      if (!Object.hasOwn(members, name)) this.at(undefined, name).report("is not a field of this object");
    }
    return members;
  }

  isEmpty(): boolean {
    return isObject(this.value) && Object.keys(this.value).length === 0;
  }

  /** The members of an object whose names are for the caller to judge. */
  entries(): [name: string, node: JsonNode][] {
    const { value } = this;
    if (!isObject(value)) {
      this.report("must be an object");
      return [];
    }
    return Object.keys(value).map((name) => [name, this.at(value[name], name)]);
  }

  /** @param name what the items are called in a message; one with an `id` is told by that too */
  items(name: string): JsonNode[] {
    if (!Array.isArray(this.value)) {
      this.report("must be a list");
      return [];
    }
    return this.value.map((item: unknown, index) => {
      const id = isObject(item) && typeof item.id === "string" ? ` ${item.id}` : "";
      return new JsonNode(item, `${this.#parent()}${name}[${index}]${id}`, this.#problems);
    });
  }

  /** The same of a list that says nothing when it is empty. */
  someItems(name: string): JsonNode[] {
    const items = this.items(name);
    if (Array.isArray(this.value) && items.length === 0) this.report("must not be an empty list");
    return items;
  }

  text(): string | undefined {
    const { value } = this;
    if (typeof value !== "string" || value.trim() === "") return this.report("must be a text");
    if (value.length > TEXT_LENGTH_MAX) return this.report(`must have at most ${TEXT_LENGTH_MAX} characters`);
    return value;
  }

  texts(): string[] {
    return this.items(this.#name()).flatMap((item) => item.text() ?? []);
  }

  someTexts(): string[] {
    return this.someItems(this.#name()).flatMap((item) => item.text() ?? []);
  }

  /** One text, or a list of them. */
  textOrTexts(): string[] {
    if (Array.isArray(this.value)) return this.someTexts();
    const text = this.text();
    return text === undefined ? [] : [text];
  }

  flag(): boolean {
    if (typeof this.value !== "boolean") this.report("must be true or false");
    return this.value === true;
  }

  wholeNumber(): number | undefined {
    const { value } = this;
    if (typeof value === "number" && Number.isSafeInteger(value) && value > 0) return value;
    return this.report("must be a whole number over 0");
  }

  timeZone(): string | undefined {
    const text = this.text();
    if (text === undefined) return undefined;
    try {
      return parseTimeZone(text);
    } catch {
      return this.report("must be an IANA time zone, like America/Los_Angeles");
    }
  }

  #parent(): string {
    const end = this.where.lastIndexOf(", ");
    return end < 0 ? "" : this.where.slice(0, end + 2);
  }

  #name(): string {
    return this.where.slice(this.#parent().length);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
