import { randomUUID } from "node:crypto";
import { appendFileSync, mkdirSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";

const messageSchema = z.object({
  message_id: z.string(),
  sent_at: z.string(),
  topic_arn: z.string(),
  subject: z.string().nullable(),
  message: z.string(),
  attributes: z.record(z.string(), z.string()),
  /** Of a FIFO topic. */
  group_id: z.string().nullable(),
});
export type TopicMessage = z.infer<typeof messageSchema>;

/** What was published to topics, one file of JSON lines for each. Topics have no subscribers here: nothing leaves this machine. */
export class Topics {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
    mkdirSync(directory, { recursive: true });
  }

  /** Synchronous: who is told that a message was taken finds it in the file. @returns the message's id */
  publish(message: Omit<TopicMessage, "message_id" | "sent_at">): string {
    const published: TopicMessage = {
      message_id: randomUUID(),
      sent_at: new Date().toISOString(),
      ...message,
    };
    const name = message.topic_arn.split(":").at(-1);
    appendFileSync(join(this.#directory, `${name}.jsonl`), `${JSON.stringify(published)}\n`);
    return published.message_id;
  }

  /** Newest first. */
  async list(): Promise<TopicMessage[]> {
    const names = (await readdir(this.#directory)).filter((name) => name.endsWith(".jsonl"));
    const files = await Promise.all(names.map((name) => readFile(join(this.#directory, name), "utf8")));
    return files
      .flatMap((text) => text.split("\n").filter(Boolean))
      .map((line) => messageSchema.parse(JSON.parse(line)))
      .sort((one, other) => other.sent_at.localeCompare(one.sent_at));
  }
}
