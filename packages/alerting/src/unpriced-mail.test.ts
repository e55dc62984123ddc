import { type PriceSubject, parseInstant, parseUtcDate, unpricedModelAlert } from "@ai-usage/core";
import { describe, expect, it } from "vitest";
import { alertMail } from "./alert-mail.ts";
import { seen } from "./testing/seen.ts";
import { unpricedMail } from "./unpriced-mail.ts";

const anAlert = (given: Partial<PriceSubject> = {}) =>
  unpricedModelAlert({
    subject: { service: "openai", model: "gpt-9-mini", operation: "chat.completions", ...given },
    callDate: parseUtcDate("2026-11-20"),
    unpricedCalls: 1234,
    firstDate: parseUtcDate("2026-11-03"),
    now: parseInstant("2026-11-22T10:15:00Z"),
  });

describe("mail about a model without a price", () => {
  it("says which, how many calls, since when and when it was seen", () => {
    const { subject, text } = unpricedMail(anAlert());
    expect(subject).toBe("[WARNING] Calls of openai, model gpt-9-mini, have no price");
    expect(text).toMatch(/^Model: +gpt-9-mini$/m);
    expect(text).toMatch(/^Service: +openai$/m);
    expect(text).toMatch(/^Operation: +chat\.completions$/m);
    expect(text).toMatch(/^Calls: +1,234 on 20 Nov 2026 \(UTC\)/m);
    expect(text).toMatch(/^Since: +3 Nov 2026 \(UTC\)$/m);
    expect(text).toMatch(/^Seen: +22 Nov 2026, 10:15 \(UTC\)$/m);
    expect(text).toMatch(/^Alert: +unpriced\.openai\.gpt-9-mini\.2026-11-22$/m);
  });

  it("says what that means, and which commands put it right", () => {
    const { text } = unpricedMail(anAlert());
    expect(text).toMatch(/No budget sees what these calls cost/);
    expect(text).toContain("\n  npx ai-usage prices unpriced\n");
    expect(text).toContain(
      "\n  npx ai-usage prices set --provider openai --model gpt-9-mini --input-per-million … --output-per-million …\n",
    );
    expect(text).toMatch(/filled in by themselves/);
  });

  it("names the operation where the service has no models", () => {
    const { subject, text } = unpricedMail(
      anAlert({ service: "google_places", model: undefined, operation: "place_details" }),
    );
    expect(subject).toBe("[WARNING] Calls of google_places, place_details, have no price");
    expect(text).not.toMatch(/^Model:/m);
    expect(text).not.toContain("undefined");
    expect(text).toContain(
      "npx ai-usage prices set --provider google_places --model place_details --per-unit request=…",
    );
  });

  it("gives a name to the shell as one word that does nothing", () => {
    const { text } = unpricedMail(anAlert({ model: "x'; rm -rf $HOME `id`" }));
    expect(text).toContain(`--model 'x'\\''; rm -rf $HOME \`id\`' --input`);
  });

  it("says the same in HTML as in text, and draws no bar", () => {
    const { html, text } = alertMail(anAlert());
    const page = seen(html);
    for (const part of text.split(/\n+|: +/)) expect(page).toContain(part.replace(/:$/, "").trim());
    expect(page).toContain("WARNING");
    expect(html).not.toContain("height:10px");
  });

  it("shows names as they are, and never as markup", () => {
    const { html } = unpricedMail(anAlert({ model: "<img src=x>", service: `a & "b"` }));
    expect(html).not.toContain("<img");
    expect(seen(html)).toContain(`Calls of a & "b", model <img src=x>, have no price`);
  });
});
