export { alertMail } from "./alert-mail.ts";
export { type BusEvent, NotPublishedError, publishEvents } from "./publish-events.ts";
export { sendMail } from "./send-mail.ts";
