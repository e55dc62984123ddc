import { describe, expect, it } from "vitest";
import { memoryStore } from "./cache-store.ts";

describe("memoryStore", () => {
  it("gives up what was not used for longest", async () => {
    const store = memoryStore({ maxEntries: 2 });
    await store.set("a", "1", 60);
    await store.set("b", "2", 60);
    await store.get("a");
    await store.set("c", "3", 60);
    expect(await Promise.all(["a", "b", "c"].map(store.get))).toEqual(["1", undefined, "3"]);
  });

  it("keeps within its bytes, and does not begin with what is larger", async () => {
    const store = memoryStore({ maxBytes: 10 });
    await store.set("a", "1234", 60);
    await store.set("b", "ä23", 60);
    expect(await store.get("a")).toBe("1234");
    await store.set("b", "ä234", 60);
    expect(await Promise.all(["a", "b"].map(store.get))).toEqual([undefined, "ä234"]);
    await store.set("c", "1234567890", 60);
    expect(await Promise.all(["b", "c"].map(store.get))).toEqual(["ä234", undefined]);
    await store.set("b", "5", 60);
    await store.set("d", "1234567", 60);
    expect(await Promise.all(["b", "d"].map(store.get))).toEqual(["5", "1234567"]);
  });

  it("forgets what is too old, and what it is told to", async () => {
    let now = 0;
    const store = memoryStore({ now: () => now });
    await store.set("a", "1", 60);
    await store.set("b", "2", 61);
    now = 60_000;
    expect(await Promise.all(["a", "b"].map(store.get))).toEqual([undefined, "2"]);
    await store.delete("b");
    expect(await store.get("b")).toBeUndefined();
  });
});
