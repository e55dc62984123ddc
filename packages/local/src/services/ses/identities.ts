import * as z from "zod";
import type { Stack } from "../../template/stack.ts";

const reading = {
  type: "AWS::SES::EmailIdentity",
  schema: z.object({ EmailIdentity: z.string() }),
  ignored: [
    "ConfigurationSetAttributes",
    "DkimAttributes",
    "DkimSigningAttributes",
    "FeedbackAttributes",
    "MailFromAttributes",
    "Tags",
  ],
};

/** The addresses and domains of the template, all of them verified; nobody else may send. */
export class Identities {
  readonly #verified: ReadonlySet<string>;

  constructor(stack: Stack) {
    this.#verified = new Set(
      stack.resources(reading).map(({ properties }) => properties.EmailIdentity.toLowerCase()),
    );
  }

  /** @param sender `alerts@example.com` or `Alerts <alerts@example.com>` */
  maySend(sender: string): boolean {
    const address = (/<([^<>]+)>\s*$/.exec(sender)?.[1] ?? sender).trim().toLowerCase();
    return this.#verified.has(address) || this.#verified.has(address.split("@").at(-1) ?? "");
  }
}
