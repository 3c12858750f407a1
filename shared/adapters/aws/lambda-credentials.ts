/**
 * Stands in for `@aws-sdk/credential-provider-node` in the bundles: a function on Lambda finds its credentials in
 * three variables and never in profiles, single sign-on or instance metadata, whose code every cold start would read.
 */
export type LambdaCredentials = { accessKeyId: string; secretAccessKey: string; sessionToken?: string };

/** The name and shape under which the SDK's clients ask for credentials. */
export function defaultProvider(): () => Promise<LambdaCredentials> {
  return async () => {
    const accessKeyId = process.env.AWS_ACCESS_KEY_ID;
    const secretAccessKey = process.env.AWS_SECRET_ACCESS_KEY;
    const sessionToken = process.env.AWS_SESSION_TOKEN;
    if (!accessKeyId || !secretAccessKey) {
      throw new Error('Missing environment variable: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY');
    }
    return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
  };
}
