import type { AttributeValue } from "@aws-sdk/client-dynamodb";

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html */
const WRITE_UNIT_BYTES = 1024;

/** Of each list and map, and of each of its elements. */
const DOCUMENT_BYTES = 3;
const ELEMENT_BYTES = 1;

export type StoredItem = Readonly<Record<string, AttributeValue>>;

/**
 * Bytes of an item by DynamoDB's published rules: names and text in UTF-8, a number one byte for two significant
 * digits and one more.
 */
export function itemBytes(item: StoredItem): number {
  return Object.entries(item).reduce(
    (total, [name, value]) => total + textBytes(name) + valueBytes(value),
    0,
  );
}

export const writeUnitsOf = (bytes: number): number => Math.max(1, Math.ceil(bytes / WRITE_UNIT_BYTES));

function valueBytes(value: AttributeValue): number {
  if (value.S !== undefined) return textBytes(value.S);
  if (value.N !== undefined) return numberBytes(value.N);
  if (value.B !== undefined) return value.B.byteLength;
  if (value.L !== undefined) return documentBytes(value.L.map(valueBytes));
  if (value.M !== undefined)
    return documentBytes(Object.entries(value.M).map(([name, one]) => textBytes(name) + valueBytes(one)));
  if (value.BOOL !== undefined || value.NULL !== undefined) return 1;
  throw new TypeError(`no rule for ${Object.keys(value)}`);
}

function documentBytes(elements: readonly number[]): number {
  return elements.reduce((total, bytes) => total + bytes + ELEMENT_BYTES, DOCUMENT_BYTES);
}

function numberBytes(number: string): number {
  const digits = number
    .replace(/[eE].*$/, "")
    .replace(/\D/g, "")
    .replace(/^0+|0+$/g, "").length;
  return Math.ceil(digits / 2) + 1 + (number.startsWith("-") ? 1 : 0);
}

const textBytes = (text: string): number => Buffer.byteLength(text, "utf8");
