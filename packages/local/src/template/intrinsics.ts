import { UnsupportedTemplateError } from "./errors.ts";

/** Where references lead. Both throw nothing: `undefined` means "not known here". */
export interface References {
  ref(logicalId: string): string | undefined;
  attribute(logicalId: string, attribute: string): string | undefined;
}

/** The resource and property being resolved, for messages. */
interface Place {
  readonly logicalId: string;
  readonly path: string;
}

/** CloudFormation removes a property whose value is `Ref: AWS::NoValue`. */
const NO_VALUE = Symbol("AWS::NoValue");

export function resolveIntrinsics(value: unknown, references: References, place: Place): unknown {
  const resolved = resolve(value, references, place);
  return resolved === NO_VALUE ? undefined : resolved;
}

function resolve(value: unknown, references: References, place: Place): unknown {
  if (Array.isArray(value)) {
    return value
      .map((item, index) => resolve(item, references, inside(place, String(index))))
      .filter((item) => item !== NO_VALUE);
  }
  if (!isRecord(value)) return value;

  const [name, argument] = Object.entries(value)[0] ?? [];
  if (name !== undefined && Object.keys(value).length === 1 && (name === "Ref" || name.startsWith("Fn::"))) {
    return callFunction(name, argument, references, place);
  }
  const entries = Object.entries(value).map(([key, item]) => [
    key,
    resolve(item, references, inside(place, key)),
  ]);
  return Object.fromEntries(entries.filter(([, item]) => item !== NO_VALUE));
}

function callFunction(name: string, argument: unknown, references: References, place: Place): unknown {
  switch (name) {
    case "Ref":
      return argument === "AWS::NoValue" ? NO_VALUE : ref(argument, references, place);
    case "Fn::GetAtt":
      return getAtt(argument, references, place);
    case "Fn::Join": {
      const [separator, items] = pair(name, argument, place);
      return list(name, resolve(items, references, place), place).join(text(name, separator, place));
    }
    case "Fn::Split": {
      const [separator, source] = pair(name, argument, place);
      return text(name, resolve(source, references, place), place).split(text(name, separator, place));
    }
    case "Fn::Select": {
      const [index, items] = pair(name, argument, place);
      return select(Number(index), list(name, resolve(items, references, place), place), place);
    }
    case "Fn::Sub":
      return substitute(argument, references, place);
    default:
      throw refusal(place, `the local runtime does not understand ${name}`);
  }
}

function ref(argument: unknown, references: References, place: Place): string {
  const logicalId = text("Ref", argument, place);
  const value = references.ref(logicalId);
  if (value === undefined) throw refusal(place, `Ref to ${logicalId}, which has no value on one machine`);
  return value;
}

function getAtt(argument: unknown, references: References, place: Place): string {
  const dotted = typeof argument === "string" ? argument.split(/\.(.*)/s) : argument;
  const [logicalId, attribute] = pair(
    "Fn::GetAtt",
    Array.isArray(dotted) ? dotted.slice(0, 2) : dotted,
    place,
  );
  const name = `${text("Fn::GetAtt", logicalId, place)}.${text("Fn::GetAtt", attribute, place)}`;
  const value = references.attribute(String(logicalId), String(attribute));
  if (value === undefined) throw refusal(place, `Fn::GetAtt of ${name}, which has no value on one machine`);
  return value;
}

function select(index: number, items: unknown[], place: Place): unknown {
  if (items[index] === undefined) throw refusal(place, `Fn::Select of item ${index} of ${items.length}`);
  return items[index];
}

/** `${Name}`, `${Name.Attribute}`, `${!Literal}`, with a map of own variables in the two-argument form. */
function substitute(argument: unknown, references: References, place: Place): string {
  const [pattern, variables] = Array.isArray(argument) ? pair("Fn::Sub", argument, place) : [argument, {}];
  return text("Fn::Sub", pattern, place).replace(/\$\{([^}]+)\}/g, (_whole, name: string) => {
    if (name.startsWith("!")) return `\${${name.slice(1)}}`;
    if (isRecord(variables) && name in variables) {
      return text("Fn::Sub", resolve(variables[name], references, place), place);
    }
    return name.includes(".") ? getAtt(name, references, place) : ref(name, references, place);
  });
}

function pair(name: string, argument: unknown, place: Place): [unknown, unknown] {
  if (Array.isArray(argument) && argument.length === 2) return [argument[0], argument[1]];
  throw refusal(place, `${name} with something other than two arguments`);
}

function text(name: string, value: unknown, place: Place): string {
  if (typeof value === "string" || typeof value === "number") return String(value);
  throw refusal(place, `${name} needs a text, not ${JSON.stringify(value)}`);
}

function list(name: string, value: unknown, place: Place): unknown[] {
  if (Array.isArray(value)) return value;
  throw refusal(place, `${name} needs a list, not ${JSON.stringify(value)}`);
}

function inside(place: Place, key: string): Place {
  return { logicalId: place.logicalId, path: place.path === "" ? key : `${place.path}.${key}` };
}

function refusal(place: Place, reason: string): UnsupportedTemplateError {
  return new UnsupportedTemplateError(place.logicalId, place.path, reason);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
