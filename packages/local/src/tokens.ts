import * as z from "zod";
import { PRIVATE_MODE, readJson, writeJson } from "./home/files.ts";

const tokensSchema = z.object({ admin: z.string(), ingest: z.string(), read: z.string() });

/** One token for each kind of caller. */
export type Tokens = z.infer<typeof tokensSchema>;

export interface TokensOptions {
  /** Value of the secret that the first token was put into. */
  readonly adminSecret: string | undefined;
  readonly apiUrl: string;
  /** Tokens are shown once, so they are kept beside the table that knows their hashes. */
  readonly file: string;
}

/** The tokens of this stack: the admin's from its secret, the others made through the API at the first start. */
export async function openTokens({ adminSecret, apiUrl, file }: TokensOptions): Promise<Tokens> {
  const kept = tokensSchema.safeParse(await readJson(file));
  const { token: admin } = z.object({ token: z.string() }).parse(JSON.parse(adminSecret ?? "{}"));
  if (kept.success && kept.data.admin === admin) return kept.data;
  const tokens = {
    admin,
    ingest: await createToken(apiUrl, admin, "ingest"),
    read: await createToken(apiUrl, admin, "read"),
  };
  await writeJson(file, tokens, PRIVATE_MODE);
  return tokens;
}

async function createToken(apiUrl: string, admin: string, role: string): Promise<string> {
  const response = await fetch(`${apiUrl}/tokens`, {
    method: "POST",
    headers: { authorization: `Bearer ${admin}`, "content-type": "application/json" },
    body: JSON.stringify({ name: `local ${role}`, roles: [role] }),
  });
  const answer = await response.text();
  if (response.status !== 201)
    throw new Error(`no ${role} token could be made: ${response.status} ${answer}`);
  return z.object({ token: z.string() }).parse(JSON.parse(answer)).token;
}
