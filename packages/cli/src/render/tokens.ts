import type { NewToken, Token } from "@ai-usage/client";
import type { Style } from "../context.ts";
import { moment, printable } from "./format.ts";
import { type Column, layOut, table } from "./table.ts";

const columns: readonly Column<Token>[] = [
  { head: "id", cell: ({ token_id }) => token_id },
  { head: "name", cell: ({ name }) => name },
  { head: "roles", cell: ({ roles }) => roles.join(", ") },
  { head: "scopes", cell: ({ scopes }) => scopes?.join(", ") ?? "all" },
  { head: "state", cell: ({ state }) => state },
  { head: "created", cell: ({ created_at }) => moment(created_at) },
  { head: "expires", cell: ({ expires_at }) => (expires_at ? moment(expires_at) : "never") },
];

export function renderTokens(tokens: readonly Token[], { colors }: Style): string {
  return table(columns, tokens, colors);
}

export function renderNewToken(token: NewToken, { colors }: Style): string {
  const rows = [
    ["token", colors.bold(token.token)],
    ["id", token.token_id],
    ["name", printable(token.name)],
    ["roles", token.roles.join(", ")],
    ["scopes", token.scopes?.join(", ") ?? "all"],
    ["expires", token.expires_at ? moment(token.expires_at) : "never"],
  ];
  return `${layOut(rows, ["left", "left"])}\n\nThe token is shown this once: keep it now.`;
}
