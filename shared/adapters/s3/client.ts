import { S3Client } from '@aws-sdk/client-s3';
import { optionalEnv } from '../../runtime/env.ts';
import { type ClientOptions, clientSettings } from '../aws/client-settings.ts';

/** Until the answer begins: with a model of some hundred megabytes the request itself takes seconds. */
const REQUEST_TIMEOUT_MS = 60_000;
/** Without a byte either way. */
const SOCKET_TIMEOUT_MS = 10_000;

/**
 * A client for buckets. An endpoint of one's own has one name for all of them, so there the bucket stands in the path. Files carry
 * their own checksum, so the SDK's is left out: it would read every body once more.
 */
export function s3Client(options?: ClientOptions): S3Client {
  const settings = clientSettings(options);
  const requestHandler = {
    ...settings.requestHandler,
    requestTimeout: REQUEST_TIMEOUT_MS,
    socketTimeout: SOCKET_TIMEOUT_MS,
  };
  const ownEndpoint = options?.endpoint ?? optionalEnv('AWS_ENDPOINT_URL_S3', optionalEnv('AWS_ENDPOINT_URL', ''));
  return new S3Client({
    ...settings,
    requestHandler,
    forcePathStyle: ownEndpoint !== '',
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
}
