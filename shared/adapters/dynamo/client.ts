import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type ClientOptions, clientSettings } from '../aws/client-settings.ts';

/** A client for the tables. Each entry module opens its own at cold start; nothing here is shared between them. */
export function dynamoClient(options?: ClientOptions): DynamoDBClient {
  return new DynamoDBClient({ ...clientSettings(options), accountIdEndpointMode: 'disabled' });
}
