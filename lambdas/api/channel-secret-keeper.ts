import {
  CreateSecretCommand,
  DeleteSecretCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import type { ChannelSecretKeeper } from "./channel-parts.ts";

/** @param prefix what the names of all secrets of channels begin with */
export function channelSecretKeeper(client: SecretsManagerClient, prefix: string): ChannelSecretKeeper {
  return {
    async keep(channelId, secret) {
      const name = `${prefix}${channelId}`;
      try {
        await client.send(
          new CreateSecretCommand({
            Name: name,
            SecretString: secret,
            Description: "Secret of a channel of alerts",
          }),
        );
      } catch (error) {
        if (!(error instanceof ResourceExistsException)) throw error;
        await client.send(new PutSecretValueCommand({ SecretId: name, SecretString: secret }));
      }
      return name;
    },

    async drop(channelId) {
      try {
        // Whoever takes a channel away wants its secret to be nowhere: it is not kept for a window of recovery.
        await client.send(
          new DeleteSecretCommand({
            SecretId: `${prefix}${channelId}`,
            ForceDeleteWithoutRecovery: true,
          }),
        );
      } catch (error) {
        if (!(error instanceof ResourceNotFoundException)) throw error;
      }
    },
  };
}
