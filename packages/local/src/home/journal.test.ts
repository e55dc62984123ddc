import { appendFileSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { temporaryDirectory } from "../testing/fixture-assembly.ts";
import { Journal } from "./journal.ts";

const directory = temporaryDirectory();
afterAll(() => directory.remove());
const open = (name: string) => Journal.open(join(directory.path, name), (value) => z.string().parse(value));

describe("journal", () => {
  it("finds what was accepted and not done, in its order, without having been closed", () => {
    const journal = open("kept");
    for (const id of ["a", "b", "c"]) journal.put(id, `work ${id}`);
    journal.done("b");
    const pending = [
      ["a", "work a"],
      ["c", "work c"],
    ];
    expect([...open("kept").pending()]).toEqual(pending);
    expect([...open("kept").pending()]).toEqual(pending);
  });

  it("forgets a line that was cut off in the middle", () => {
    open("torn").put("a", "work a");
    appendFileSync(join(directory.path, "torn"), '{"id":"b","put":"wo');
    open("torn").put("c", "work c");
    expect([...open("torn").pending().keys()]).toEqual(["a", "c"]);
  });

  it("does not grow for ever", () => {
    const journal = open("long");
    for (let n = 0; n < 40; n += 1) {
      journal.put(String(n), "x".repeat(50_000));
      journal.done(String(n));
    }
    expect(statSync(join(directory.path, "long")).size).toBeLessThan(1_100_000);
    journal.put("last", "work");
    expect(readFileSync(join(directory.path, "long"), "utf8")).toContain('"last"');
    expect([...open("long").pending().keys()]).toEqual(["last"]);
  });
});
