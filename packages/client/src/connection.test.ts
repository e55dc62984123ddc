import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findConnection } from "./connection.ts";

const LOCAL = { api_url: "http://127.0.0.1:4455", tokens: { admin: "aiu_admin", ingest: "i", read: "r" } };

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "connection-"));
});
afterEach(() => rmSync(root, { recursive: true }));

function writeLocal(home: string, content: unknown = LOCAL): string {
  mkdirSync(join(root, home), { recursive: true });
  writeFileSync(join(root, home, "local.json"), JSON.stringify(content));
  return join(root, home, "local.json");
}

describe("findConnection", () => {
  it("takes the environment before a local stack", () => {
    writeLocal(".ai-usage");
    const env = { AI_USAGE_API_URL: "https://api.example", AI_USAGE_TOKEN: "aiu_x" };
    expect(findConnection({ env, cwd: root })).toEqual({
      apiUrl: "https://api.example",
      token: "aiu_x",
      source: "environment",
    });
  });

  it("finds the local stack of a directory above", () => {
    const source = writeLocal(".ai-usage");
    const cwd = join(root, "packages", "cli");
    mkdirSync(cwd, { recursive: true });
    expect(findConnection({ env: {}, cwd })).toEqual({ apiUrl: LOCAL.api_url, token: "aiu_admin", source });
  });

  it("looks only in AI_USAGE_HOME when that is set, and takes AI_USAGE_TOKEN for it", () => {
    writeLocal(".ai-usage");
    writeLocal("home", { ...LOCAL, api_url: "http://127.0.0.1:1" });
    const env = { AI_USAGE_HOME: "home", AI_USAGE_TOKEN: "aiu_read" };
    expect(findConnection({ env, cwd: root })).toMatchObject({
      apiUrl: "http://127.0.0.1:1",
      token: "aiu_read",
    });
    expect(() => findConnection({ env: { AI_USAGE_HOME: "elsewhere" }, cwd: root })).toThrow("elsewhere");
  });

  it("says what to do when nothing is found", () => {
    expect(() => findConnection({ env: {}, cwd: root })).toThrow(/AI_USAGE_API_URL.*npm start/);
  });

  it("does not send to an address without its token", () => {
    writeLocal(".ai-usage");
    const env = { AI_USAGE_API_URL: "https://api.example" };
    expect(() => findConnection({ env, cwd: root })).toThrow("AI_USAGE_TOKEN is not");
  });

  it("names the file that is not what a local stack writes", () => {
    const file = writeLocal(".ai-usage", { api_url: 5 });
    expect(() => findConnection({ env: {}, cwd: root })).toThrow(file);
  });
});
