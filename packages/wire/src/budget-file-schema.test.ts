import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { budgetFileJsonSchema } from "./budget-file-schema.ts";

interface SchemaNode {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
}

describe("JSON schema of budgets as code", () => {
  it("is the one in schemas/; `npm run budgets:schema` writes it anew", () => {
    const file = new URL("../../../schemas/budgets.schema.json", import.meta.url);
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(budgetFileJsonSchema());
  });

  it("says of every field what it means", () => {
    const undescribed = (node: SchemaNode, path: string): string[] => [
      ...Object.entries(node.properties ?? {}).flatMap(([name, field]) => [
        ...(field.description === undefined ? [`${path}.${name}`] : []),
        ...undescribed(field, `${path}.${name}`),
      ]),
      ...(node.items ? undescribed(node.items, path) : []),
      ...(node.anyOf ?? []).flatMap((choice) => undescribed(choice, path)),
    ];
    expect(undescribed(budgetFileJsonSchema(), "")).toEqual([]);
  });
});
