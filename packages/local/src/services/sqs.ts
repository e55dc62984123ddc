import { randomUUID } from "node:crypto";
import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { UnsupportedTemplateError } from "../template/errors.ts";
import type { Stack } from "../template/stack.ts";

const reading = {
  type: "AWS::SQS::Queue",
  schema: z.object({ QueueName: z.string().optional() }),
  ignored: ["MessageRetentionPeriod", "SqsManagedSseEnabled", "KmsMasterKeyId", "Tags", "VisibilityTimeout"],
};

/** The queues of the template: places where failures are put, one file of JSON lines each. Nobody polls them here. */
export class Queues {
  readonly #files: ReadonlyMap<string, string>;

  constructor(stack: Stack, directory: string) {
    mkdirSync(directory, { recursive: true });
    this.#files = new Map(
      stack.resources(reading).flatMap(({ logicalId }) => {
        const arn = stack.attribute(logicalId, "Arn");
        const name = stack.attribute(logicalId, "QueueName");
        return arn === undefined ? [] : [[arn, join(directory, `${name}.jsonl`)]];
      }),
    );
  }

  /** Synchronous, so that what gave the message up may forget it when this returns. */
  send(queueArn: string, body: unknown, attributes: Readonly<Record<string, string>> = {}): void {
    const file = this.#files.get(queueArn);
    if (file === undefined) throw new UnsupportedTemplateError(queueArn, "", "is no queue of the template");
    const message = { message_id: randomUUID(), sent_at: new Date().toISOString(), attributes, body };
    appendFileSync(file, `${JSON.stringify(message)}\n`);
  }
}
