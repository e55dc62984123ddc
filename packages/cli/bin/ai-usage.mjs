#!/usr/bin/env node
import { fileURLToPath } from "node:url";
import { register } from "tsx/esm/api";

// Runs from the sources, so that a clone needs no build; with this repository's settings, not those of where it is called.
register({ tsconfig: fileURLToPath(new URL("../../../tsconfig.json", import.meta.url)) });
await import("../src/process.ts");
