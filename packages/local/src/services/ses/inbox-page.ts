import { Hono } from "hono";
import { html } from "hono/html";
import { secureHeaders } from "hono/secure-headers";
import type { TopicMessage, Topics } from "../sns/topics.ts";
import type { Inbox, InboxMessage } from "./inbox.ts";

/** A page over all that people would have got: mails, each as its reader would see it, messages to topics, and the same as JSON. */
export function inboxPage(inbox: Inbox, topics: Topics): Hono {
  const app = new Hono();
  app.use(
    secureHeaders({
      contentSecurityPolicy: { defaultSrc: ["'none'"], styleSrc: ["'unsafe-inline'"], frameSrc: ["'self'"] },
    }),
  );
  app.get("/", async (context) => {
    const published = await topics.list();
    return context.html(page("Inbox", html`${mailList(await inbox.list())}${topicList(published)}`));
  });
  app.get("/api/messages", async (context) => context.json({ messages: await inbox.list() }));
  app.get("/api/topic-messages", async (context) => context.json({ messages: await topics.list() }));
  app.get("/messages/:id", async (context) => {
    const message = await inbox.find(context.req.param("id"));
    return message === undefined ? context.notFound() : context.html(messagePage(message));
  });
  return app;
}

function mailList(messages: readonly InboxMessage[]) {
  if (messages.length === 0) return html`<h1>Inbox</h1><p>No mail was sent yet.</p>`;
  const rows = messages.map(
    (message) => html`<tr>
      <td><time datetime="${message.sent_at}">${message.sent_at}</time></td>
      <td><a href="/messages/${message.message_id}">${message.subject || "(no subject)"}</a></td>
      <td>${message.to.join(", ")}</td>
    </tr>`,
  );
  return html`<h1>Inbox</h1>
    <table>
      <thead><tr><th scope="col">Sent</th><th scope="col">Subject</th><th scope="col">To</th></tr></thead>
      <tbody>${rows}</tbody>
    </table>`;
}

function topicList(messages: readonly TopicMessage[]) {
  if (messages.length === 0) return "";
  const rows = messages.map(
    (message) => html`<tr>
      <td><time datetime="${message.sent_at}">${message.sent_at}</time></td>
      <td>${message.topic_arn}</td>
      <td>${message.subject ?? ""}<pre>${message.message}</pre></td>
    </tr>`,
  );
  return html`<h2>Messages to topics</h2>
    <table>
      <thead><tr><th scope="col">Sent</th><th scope="col">Topic</th><th scope="col">Message</th></tr></thead>
      <tbody>${rows}</tbody>
    </table>`;
}

/** The HTML of a mail runs in a frame that may do nothing: no script, no form, no request of its own. */
function messagePage(message: InboxMessage) {
  const headers: [string, string][] = [
    ["From", message.from],
    ["To", message.to.join(", ")],
    ["Cc", message.cc.join(", ")],
    ["Bcc", message.bcc.join(", ")],
    ["Reply to", message.reply_to.join(", ")],
    ["Sent", message.sent_at],
  ];
  const filled = headers.filter(([, value]) => value !== "");
  return page(
    message.subject,
    html`<p><a href="/">Inbox</a></p>
      <h1>${message.subject}</h1>
      <dl>${filled.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
      ${message.html === null ? "" : html`<h2>HTML</h2><iframe sandbox title="HTML part" srcdoc="${message.html}"></iframe>`}
      ${message.text === null ? "" : html`<h2>Text</h2><pre>${message.text}</pre>`}
      ${message.raw === null ? "" : html`<h2>Raw message</h2><pre>${message.raw}</pre>`}`,
  );
}

function page(title: string, body: ReturnType<typeof html>) {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>${title}</title>
        <style>
          body { font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; }
          table { border-collapse: collapse; width: 100%; }
          td { overflow-wrap: anywhere; vertical-align: top; }
          th, td { border-bottom: 1px solid #ccc; padding: 0.3rem 1rem 0.3rem 0; text-align: left; }
          dt { float: left; clear: left; width: 6rem; color: #555; }
          iframe { border: 1px solid #ccc; height: 32rem; width: 100%; }
          pre { background: #f5f5f5; padding: 1rem; white-space: pre-wrap; }
        </style>
      </head>
      <body><main>${body}</main></body>
    </html>`;
}
