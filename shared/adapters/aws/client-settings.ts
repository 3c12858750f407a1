/**
 * What every AWS client of a function is set to: connections are kept and reused, a dead peer is given up on long
 * before the function's own timeout, and the SDK's standard mode retries throttling and transient errors with
 * exponential backoff and full jitter, out of a bounded allowance of retries.
 */
export const clientSettings = (options: ClientOptions = {}) => ({
  maxAttempts: 5,
  retryMode: 'standard',
  requestHandler: {
    connectionTimeout: 3_000,
    requestTimeout: 5_000,
    throwOnRequestTimeout: true,
    httpAgent: { keepAlive: true, maxSockets: 64 },
    httpsAgent: { keepAlive: true, maxSockets: 64 },
  },
  ...options,
});

/** `endpoint` and the rest are for tests; functions take them from their environment. */
export type ClientOptions = {
  endpoint?: string;
  region?: string;
  credentials?: { accessKeyId: string; secretAccessKey: string };
};
