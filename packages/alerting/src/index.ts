export { type BusEvent, NotPublishedError, publishEvents } from "./publish-events.ts";
export { sendMail } from "./send-mail.ts";
export { type MailContent, thresholdMail } from "./threshold-mail.ts";
