import { PersonalizeRuntimeClient } from '@aws-sdk/client-personalize-runtime';
import { type ClientOptions, clientSettings } from '../aws/client-settings.ts';

/** Whoever asks gives up long before; this is for a peer that is gone. */
const TIMEOUT_MS = 5_000;

/** A client for recommendations. It tries once: there is no time for more, and the next engine answers where this one does not. */
export function personalizeClient(options?: ClientOptions): PersonalizeRuntimeClient {
  const settings = clientSettings(options);
  const requestHandler = { ...settings.requestHandler, connectionTimeout: 1_000, requestTimeout: TIMEOUT_MS };
  return new PersonalizeRuntimeClient({ ...settings, maxAttempts: 1, requestHandler });
}
