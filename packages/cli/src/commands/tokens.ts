import { type Instant, type Token, type TokenRole, tokenRoles } from "@ai-usage/client";
import { type Command, Option } from "commander";
import type { CommandContext } from "../context.ts";
import { after, instant, listOf, scopes } from "../parsers.ts";
import { renderNewToken, renderTokens } from "../render/tokens.ts";
import { type JsonFlag, jsonOption, withExamples } from "./options.ts";
import { collect } from "./pages.ts";

interface CreateFlags extends JsonFlag {
  readonly name: string;
  readonly role: readonly TokenRole[];
  readonly scope?: readonly string[];
  readonly expiresIn?: Instant;
  readonly expiresAt?: Instant;
}

export function addTokenCommands(program: Command, context: CommandContext): void {
  const tokens = program.command("tokens").description("API tokens: who may send, ask and change.");
  withExamples(tokens, "tokens create --name checkout-service --role ingest", "tokens list");
  addCreate(tokens, context);
  const list = tokens
    .command("list")
    .description("List tokens, without their secrets.")
    .addOption(jsonOption())
    .action(async ({ json }: JsonFlag) => {
      const client = context.connect();
      const { items } = await collect<Token>(Number.POSITIVE_INFINITY, async (query) => {
        const page = await client.listTokens(query);
        return { items: page.tokens, nextCursor: page.next_cursor };
      });
      if (json) return context.printJson({ tokens: items });
      context.print(renderTokens(items, context.style));
    });
  withExamples(list, "tokens list");
  const revoke = tokens
    .command("revoke")
    .description("Take a token out of force, for good. What it sent stays.")
    .argument("<id>", "token id, from `ai-usage tokens list`")
    .addOption(jsonOption())
    .action(async (id: string, { json }: JsonFlag) => {
      const token = await context.connect().revokeToken(id);
      if (json) return context.printJson(token);
      context.print(`revoked ${token.token_id} (${token.name}); it may be accepted for another half minute`);
    });
  withExamples(revoke, "tokens revoke 0f3c9a41b2d7");
}

function addCreate(tokens: Command, context: CommandContext): void {
  const create = tokens
    .command("create")
    .description("Make a token. Its text is shown this once: only a hash of it is stored.")
    .requiredOption("--name <text>", "what it is for")
    .requiredOption(
      "--role <roles>",
      `what it may do, a comma list of ${tokenRoles.join(", ")}`,
      listOf(tokenRoles),
    )
    .option("--scope <scope>", "only this scope, for example team:growth; may be given several times", scopes)
    .addOption(
      new Option("--expires-in <time>", "hours, days or weeks from now: 12h, 90d, 4w")
        .argParser(after(context.clock))
        .conflicts("expiresAt"),
    )
    .option("--expires-at <instant>", "ISO 8601 with an offset", instant)
    .addOption(jsonOption())
    .action(async ({ name, role, scope, expiresIn, expiresAt, json }: CreateFlags) => {
      const token = await context
        .connect()
        .createToken({ name, roles: role, scopes: scope, expires_at: expiresAt ?? expiresIn });
      if (json) return context.printJson(token);
      context.print(renderNewToken(token, context.style));
    });
  withExamples(
    create,
    "tokens create --name checkout-service --role ingest --expires-in 90d",
    "tokens create --name growth-dashboard --role read --scope team:growth",
  );
}
