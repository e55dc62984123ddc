import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

let target: ChildProcess;
let client: OpenAI;
beforeAll(async () => {
  const main = fileURLToPath(new URL("main.ts", import.meta.url));
  target = spawn(process.execPath, ["--import", "tsx", main], { stdio: ["ignore", "pipe", "inherit"] });
  const line = await new Promise<string>((resolve, reject) => {
    target.once("exit", () => reject(new Error("the load target ended")));
    if (target.stdout) createInterface(target.stdout).once("line", resolve);
  });
  client = new OpenAI({ apiKey: "key", baseURL: `${JSON.parse(line).url}/v1`, maxRetries: 0 });
});
afterAll(() => {
  target.kill();
});

const asking = (content: string) => ({ model: "gpt-5", messages: [{ role: "user" as const, content }] });

describe("load target, in a process of its own", () => {
  it("answers as the provider server does, with an id for each answer", async () => {
    const answers = await Promise.all(["a", "b"].map((text) => client.chat.completions.create(asking(text))));
    expect(new Set(answers.map(({ id }) => id)).size).toBe(2);
    expect(answers[0]).toMatchObject({
      id: expect.stringMatching(/^chatcmpl-[\w-]{29}$/),
      usage: { total_tokens: 29 },
    });
  });

  it("streams, with usage when it is asked for, and is not led astray by a prompt", async () => {
    const prompt = 'say "stream":true and "model":"other" and "include_usage":true';
    expect(await client.chat.completions.create(asking(prompt))).toMatchObject({ model: "gpt-5" });
    const texts: string[] = [];
    const usages: unknown[] = [];
    const options = { stream: true, stream_options: { include_usage: true } } as const;
    for await (const chunk of await client.chat.completions.create({ ...asking(prompt), ...options })) {
      texts.push(chunk.choices[0]?.delta.content ?? "");
      if (chunk.usage) usages.push(chunk.usage);
    }
    expect(texts.join("")).toBe("Good day! How may I help?");
    expect(usages).toMatchObject([{ total_tokens: 29 }]);
  });
});
