import { randomInt } from "node:crypto";
import * as z from "zod";

/** `GenerateSecretString` of `AWS::SecretsManager::Secret`, with its defaults. */
export const generateSecretStringSchema = z.strictObject({
  PasswordLength: z.number().int().min(1).max(4096).default(32),
  ExcludeCharacters: z.string().default(""),
  ExcludeLowercase: z.boolean().default(false),
  ExcludeUppercase: z.boolean().default(false),
  ExcludeNumbers: z.boolean().default(false),
  ExcludePunctuation: z.boolean().default(false),
  IncludeSpace: z.boolean().default(false),
  RequireEachIncludedType: z.boolean().default(true),
  SecretStringTemplate: z.string().optional(),
  GenerateStringKey: z.string().optional(),
});
type GenerateSecretString = z.infer<typeof generateSecretStringSchema>;

const LOWERCASE = "abcdefghijklmnopqrstuvwxyz";
const PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

/** A random password, put into a JSON object when a template for one is given. */
export function generateSecretString(options: GenerateSecretString): string {
  const password = generatePassword(options);
  const { SecretStringTemplate, GenerateStringKey } = options;
  if (SecretStringTemplate === undefined || GenerateStringKey === undefined) return password;
  const template = z.record(z.string(), z.unknown()).parse(JSON.parse(SecretStringTemplate));
  return JSON.stringify({ ...template, [GenerateStringKey]: password });
}

function generatePassword(options: GenerateSecretString): string {
  const kinds = [
    options.ExcludeLowercase ? "" : LOWERCASE,
    options.ExcludeUppercase ? "" : LOWERCASE.toUpperCase(),
    options.ExcludeNumbers ? "" : "0123456789",
    options.ExcludePunctuation ? "" : PUNCTUATION,
    options.IncludeSpace ? " " : "",
  ]
    .map((kind) => [...kind].filter((character) => !options.ExcludeCharacters.includes(character)))
    .filter((kind) => kind.length > 0);
  if (kinds.length === 0) throw new Error("GenerateSecretString excludes every character");

  const required = options.RequireEachIncludedType ? kinds.map(pick) : [];
  const all = kinds.flat();
  const rest = Array.from({ length: Math.max(0, options.PasswordLength - required.length) }, () => pick(all));
  return shuffle([...required, ...rest])
    .slice(0, options.PasswordLength)
    .join("");
}

function pick(characters: readonly string[]): string {
  return characters[randomInt(characters.length)] ?? "";
}

function shuffle(characters: string[]): string[] {
  for (let last = characters.length - 1; last > 0; last -= 1) {
    const other = randomInt(last + 1);
    [characters[last], characters[other]] = [characters[other] ?? "", characters[last] ?? ""];
  }
  return characters;
}
