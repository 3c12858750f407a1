import type { KMSClient } from '@aws-sdk/client-kms';
import { type ClientOptions, clientSettings } from '../aws/client-settings.ts';

/** The client of the key service, loaded with the first key that is asked for: few requests need one. */
export function kmsClient(
  options?: ClientOptions,
): () => Promise<{ client: KMSClient; sdk: typeof import('@aws-sdk/client-kms') }> {
  let opened: Promise<{ client: KMSClient; sdk: typeof import('@aws-sdk/client-kms') }> | undefined;
  return () => {
    opened ??= import('@aws-sdk/client-kms').then((sdk) => ({
      client: new sdk.KMSClient(clientSettings(options)),
      sdk,
    }));
    return opened;
  };
}
