import { type ChannelTest, channelTestSchema, type NotifyRequest } from "@ai-usage/wire";
import { InvokeCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import type { ChannelParts } from "./channel-parts.ts";

/** The function that sends, as the routes use it. */
export function notifyFunction(
  client: LambdaClient,
  functionName: string,
): Pick<ChannelParts, "test" | "sendDue"> {
  const invoke = (request: NotifyRequest, InvocationType: "Event" | "RequestResponse") =>
    client.send(
      new InvokeCommand({ FunctionName: functionName, InvocationType, Payload: JSON.stringify(request) }),
    );
  return {
    async test(channelId): Promise<ChannelTest> {
      const { FunctionError, Payload } = await invoke({ test: channelId }, "RequestResponse");
      if (FunctionError !== undefined || Payload === undefined)
        throw new Error(`${functionName} could not try the channel out: its log says why`);
      return channelTestSchema.parse(JSON.parse(Buffer.from(Payload).toString()));
    },
    async sendDue() {
      await invoke({ sweep: true }, "Event");
    },
  };
}
