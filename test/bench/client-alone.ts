/** What a consumer's import time is compared with: the DynamoDB client, made as a consumer makes it, and nothing else. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';

export const client = new DynamoDBClient({});
