import { readdir } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { readJson, writeJson } from "../../home/files.ts";

const messageSchema = z.object({
  message_id: z.string(),
  sent_at: z.string(),
  from: z.string(),
  to: z.array(z.string()),
  cc: z.array(z.string()),
  bcc: z.array(z.string()),
  reply_to: z.array(z.string()),
  subject: z.string(),
  text: z.string().nullable(),
  html: z.string().nullable(),
  /** A message sent by SendRawEmail, as it was sent. */
  raw: z.string().nullable(),
});
export type InboxMessage = z.infer<typeof messageSchema>;

/** Every mail that was sent, one JSON file each; nothing leaves this machine. */
export class Inbox {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  async add(message: InboxMessage): Promise<void> {
    await writeJson(join(this.#directory, `${message.message_id}.json`), message);
  }

  /** Newest first. */
  async list(): Promise<InboxMessage[]> {
    const names = await readdir(this.#directory).catch(() => []);
    const messages = names
      .filter((name) => name.endsWith(".json"))
      .map(async (name) => messageSchema.parse(await readJson(join(this.#directory, name))));
    return (await Promise.all(messages)).sort((one, other) => other.sent_at.localeCompare(one.sent_at));
  }

  async find(messageId: string): Promise<InboxMessage | undefined> {
    if (!/^[\w-]+$/.test(messageId)) return undefined;
    const message = await readJson(join(this.#directory, `${messageId}.json`));
    return message === undefined ? undefined : messageSchema.parse(message);
  }
}
