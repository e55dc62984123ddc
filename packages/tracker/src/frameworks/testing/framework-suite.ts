import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, request } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import OpenAI from "openai";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { TrackerProblem } from "../../delivery/delivery.ts";
import { type ProviderServer, startProviderServer } from "../../testing/index.ts";
import { testTracker } from "../../testing/test-tracker.ts";
import type { Tracker } from "../../tracker.ts";
import type { RequestAdmission } from "../request-budget.ts";
import type { CostTrackingOptions } from "../tracked-request.ts";

/**
 * What an application of the suite does for `POST /chats/:id`, with a body of JSON `{user, calls}`: answers with what `chat` says, in
 * JSON; and for `GET /plain`: answers without a call.
 */
interface ChatWork {
  chat(order: ChatOrder): Promise<{ readonly user: string }>;
}

export interface ChatOrder {
  readonly user: string;
  readonly calls: number;
}

export interface RunningApp {
  readonly url: string;
  close(): Promise<unknown>;
}

export type StartApp<Request> = (parts: {
  readonly tracker: Tracker;
  readonly options: CostTrackingOptions<Request>;
  readonly work: ChatWork;
}) => Promise<RunningApp>;

export async function listening(listener: RequestListener): Promise<RunningApp> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

interface SuiteOptions<Request> {
  readonly name: string;
  readonly start: StartApp<Request>;
  readonly userOf: (request: Request) => string | undefined;
}

/** What holds of cost tracking with any framework. */
export function describeFramework<Request>({ name, start, userOf }: SuiteOptions<Request>): void {
  describe(`cost tracking with ${name}`, () => {
    let provider: ProviderServer;
    const apps: RunningApp[] = [];
    const problems: TrackerProblem[] = [];
    beforeEach(async () => {
      provider = await startProviderServer();
    });
    afterEach(async () => {
      for (const app of apps.splice(0)) await app.close();
      await provider.close();
      problems.length = 0;
    });

    async function setting(options: CostTrackingOptions<Request> = {}) {
      const { tracker, metrics } = testTracker({ onProblem: (problem) => problems.push(problem) });
      const openai = tracker.wrap(
        new OpenAI({ apiKey: "sk-test", baseURL: provider.openAIUrl, maxRetries: 0 }),
      );
      const worked: string[] = [];
      const chat = async ({ user, calls }: ChatOrder) => {
        worked.push(user);
        for (let call = 0; call < calls; call += 1) {
          const messages = [{ role: "user" as const, content: "Hello" }];
          await openai.chat.completions.create({ model: `gpt-${user}`, messages });
          await wait(0);
        }
        return { user };
      };
      const context = (request: Request) => ({ userId: userOf(request) });
      const app = await start({ tracker, options: { context, ...options }, work: { chat } });
      apps.push(app);
      const post = (order: ChatOrder) =>
        fetch(`${app.url}/chats/42`, {
          method: "POST",
          headers: { "content-type": "application/json", "x-user": order.user },
          body: JSON.stringify(order),
        });
      return { app, tracker, metrics, post, worked };
    }

    it("never mixes 50 users who ask at once", async () => {
      const { tracker, metrics, post } = await setting({ costOf: () => "0.1" });
      const orders = Array.from({ length: 50 }, (_, index) => ({
        user: `u${index}`,
        calls: 1 + (index % 4),
      }));
      const answers = await Promise.all(orders.map(post));
      for (const [index, { user, calls }] of orders.entries()) {
        const { headers, ...answer } = answers[index] as Response;
        expect(await (answers[index] as Response).json(), JSON.stringify(answer)).toEqual({ user });
        expect(usageIn(headers)).toEqual({
          calls: String(calls),
          "input-tokens": String(19 * calls),
          "output-tokens": String(10 * calls),
          "cost-usd": ["0.1", "0.2", "0.3", "0.4"][calls - 1],
        });
      }
      await tracker.flush();
      expect(metrics).toHaveLength(orders.reduce((sum, { calls }) => sum + calls, 0));
      for (const { user_id, model, feature } of metrics)
        expect({ model, feature }).toEqual({ model: `gpt-${user_id}`, feature: "/chats/:id" });
    });

    it("keeps the context of a request whose body comes later, in parts", async () => {
      let opened = () => {};
      const isOpen = new Promise<void>((resolve) => {
        opened = resolve;
      });
      const context = (incoming: Request) => {
        opened();
        return { userId: userOf(incoming) };
      };
      const { app, tracker, metrics } = await setting({ context });
      const [first, ...others] =
        JSON.stringify({ user: "ada", calls: 1, text: "x".repeat(10_000) }).match(/.{1,4000}/g) ?? [];
      const headers = { "content-type": "application/json", "x-user": "ada" };
      const sending = request(`${app.url}/chats/42`, { method: "POST", headers, agent: false });
      const answered = once(sending, "response");
      sending.write(first);
      await isOpen;
      for (const part of others) {
        await wait(5);
        sending.write(part);
      }
      sending.end();
      const [answer] = (await answered) as [IncomingMessage];
      expect([answer.statusCode, answer.headers["x-ai-usage-calls"]]).toEqual([200, "1"]);
      await tracker.flush();
      expect(metrics).toMatchObject([{ user_id: "ada", feature: "/chats/:id" }]);
    });

    it("tells no cost as soon as that of one call is not known", async () => {
      let call = 0;
      const { post } = await setting({ costOf: () => (call++ === 0 ? "0.5" : undefined) });
      expect(usageIn((await post({ user: "ada", calls: 2 })).headers)).not.toHaveProperty("cost-usd");
    });

    it("tells nothing of a request without calls, and nothing at all if it is told not to", async () => {
      const { app } = await setting();
      const plain = await fetch(`${app.url}/plain`);
      expect([plain.status, usageIn(plain.headers)]).toEqual([200, {}]);
      const silent = await setting({ headers: false });
      const answer = await silent.post({ user: "ada", calls: 1 });
      expect([answer.status, usageIn(answer.headers)]).toEqual([200, {}]);
    });

    it.each([402, 429] as const)(
      "answers %s before the handler runs when the budget is used up",
      async (status) => {
        const asked: unknown[] = [];
        const admit = async (context: object): Promise<RequestAdmission> => {
          asked.push(context);
          return { allowed: false, status, detail: "ask #ai-costs for more", retryAfterSeconds: 90.5 };
        };
        const { post, worked } = await setting({ budget: { admit } });
        const answer = await post({ user: "ada", calls: 1 });
        expect(answer.status).toBe(status);
        expect(answer.headers.get("content-type")).toMatch(/^application\/problem\+json/);
        expect(answer.headers.get("retry-after")).toBe("91");
        expect(await answer.json()).toEqual({
          type: "urn:ai-usage:problem:budget-exhausted",
          title: "Budget exhausted",
          status,
          detail: "ask #ai-costs for more",
          retry_after_seconds: 91,
        });
        expect(worked).toEqual([]);
        expect(asked).toEqual([{ userId: "ada", feature: "/chats/:id" }]);
      },
    );

    it("lets a request in that the budget has room for", async () => {
      const { post } = await setting({ budget: { admit: async () => ({ allowed: true }) } });
      const answer = await post({ user: "ada", calls: 1 });
      expect([answer.status, usageIn(answer.headers).calls]).toEqual([200, "1"]);
    });

    it("lets nothing of its own go wrong in the application", async () => {
      const broken = (): never => {
        throw new Error("broken");
      };
      const { post } = await setting({ context: broken, budget: { admit: broken }, costOf: broken });
      const answer = await post({ user: "ada", calls: 1 });
      expect(answer.status).toBe(200);
      expect(await answer.json()).toEqual({ user: "ada" });
      expect(problems.map(({ kind }) => kind).sort()).toEqual(["budget", "recording", "recording"]);
    });
  });
}

/** What a response tells, without the prefix of its headers' names. */
function usageIn(headers: Headers): Record<string, string> {
  const told = [...headers].filter(([name]) => name.startsWith("x-ai-usage-"));
  return Object.fromEntries(told.map(([name, value]) => [name.slice("x-ai-usage-".length), value]));
}
