import { randomBytes } from 'node:crypto';
import { ConditionalCheckFailedException, type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { limitKeys } from './keys.ts';
import { keyItem } from './profile-records.ts';

export type Reservation = {
  /** Under which name a caller is counted. */
  name: string;
  /** When the window began, and after when its counter may be forgotten. */
  windowMs: number;
  forgetMs: number;
  wanted: number;
  /** How many requests of the window pass in all. */
  limit: number;
};

export type Salt = { hourMs: number; bytes: Uint8Array };

export type RateLimitStore = {
  /**
   * The salt of an hour: the one that stands there, or else a new random one, written over that of any earlier hour. Of two processes one
   * makes it and both have it. A process whose clock is behind gets that of the hour which others are in already, and is told which.
   */
  salt(hourMs: number, forgetMs: number): Promise<Salt>;
  /**
   * Takes so many permits of a window, or as many as there are, down to 0. The limit is the condition of the write, so it holds whatever the
   * concurrency; a write whose answer was lost may take twice, never let through twice.
   */
  reserve(reservation: Reservation): Promise<number>;
};

const SALT_BYTES = 32;
/** Nobody waits longer for a counter; a request passes uncounted sooner than it hangs. */
const PATIENCE_MS = 1_000;
/** How often less is asked for, because others have taken some in between. */
const ATTEMPTS = 4;

/** The counters of the table `limits`. Each call is one write; it reads nothing. */
export function rateLimitStore(client: DynamoDBClient, table: string): RateLimitStore {
  const update = (input: Omit<UpdateItemCommand['input'], 'TableName'>) =>
    client.send(new UpdateItemCommand({ TableName: table, ...input }), {
      abortSignal: AbortSignal.timeout(PATIENCE_MS),
    });
  const seconds = (ms: number) => ({ N: String(Math.ceil(ms / 1_000)) });
  return {
    async salt(hourMs, forgetMs) {
      const bytes = randomBytes(SALT_BYTES);
      try {
        await update({
          Key: keyItem(limitKeys.salt),
          UpdateExpression: 'SET salt = :salt, hourMs = :hour, #ttl = :ttl',
          ConditionExpression: 'attribute_not_exists(hourMs) OR hourMs < :hour',
          ExpressionAttributeNames: { '#ttl': 'ttl' },
          ExpressionAttributeValues: {
            ':salt': { B: bytes },
            ':hour': { N: String(hourMs) },
            ':ttl': seconds(forgetMs),
          },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        });
        return { hourMs, bytes };
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        const { salt, hourMs: hour } = error.Item ?? {};
        // A write that was tried again because its answer was lost meets its own salt here, and that is the right one.
        if (salt?.B === undefined || hour?.N === undefined) throw error;
        return { hourMs: Number(hour.N), bytes: salt.B };
      }
    },

    async reserve({ name, windowMs, forgetMs, wanted, limit }) {
      let asked = Math.min(wanted, limit);
      for (let attempt = 0; attempt < ATTEMPTS && asked > 0; attempt += 1) {
        try {
          await update({
            Key: keyItem(limitKeys.counter(name, windowMs)),
            UpdateExpression: 'SET #ttl = :ttl ADD taken :asked',
            ConditionExpression: 'attribute_not_exists(taken) OR taken <= :room',
            ExpressionAttributeNames: { '#ttl': 'ttl' },
            ExpressionAttributeValues: {
              ':asked': { N: String(asked) },
              ':room': { N: String(limit - asked) },
              ':ttl': seconds(forgetMs),
            },
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          });
          return asked;
        } catch (error) {
          if (!(error instanceof ConditionalCheckFailedException)) throw error;
          asked = Math.min(asked, limit - Number(error.Item?.taken?.N ?? limit));
        }
      }
      return 0;
    },
  };
}
