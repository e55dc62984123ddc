// Writes schemas/budgets.schema.json, by which editors check budgets as code: the schema that files are held to.
import { mkdirSync, writeFileSync } from "node:fs";
import { budgetFileJsonSchema } from "@ai-usage/wire";

const folder = new URL("../schemas/", import.meta.url);
mkdirSync(folder, { recursive: true });
const text = JSON.stringify(budgetFileJsonSchema(), null, 2);
writeFileSync(new URL("budgets.schema.json", folder), `${text}\n`);
