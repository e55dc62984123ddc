// Writes docs/openapi.json: what the HTTP API answers, from the schemas that requests are held to.
import { writeFileSync } from "node:fs";
import { openApiDocument } from "../lambdas/api/openapi/document.ts";
import { endpointGroups } from "../lambdas/api/openapi/endpoints.ts";
import packageJson from "../package.json" with { type: "json" };

const document = openApiDocument(endpointGroups, packageJson.version);
writeFileSync(new URL("../docs/openapi.json", import.meta.url), `${JSON.stringify(document, null, 2)}\n`);
