import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { profileKeys } from './keys.ts';
import { keyItem } from './profile-records.ts';
import { shardOf } from './shards.ts';

/** A member to be looked at, and the key of the note that says so. */
export type DueNote = { memberId: string; hour: string; accountVersion: number };

/**
 * Which members are to be looked at, from which hour on, because something falls due for them by time alone. A note is
 * only a hint: what is due is computed from the account, and a note too many does no harm.
 */
export type DueStore = {
  /** Notes that a member, whose account has this version, is to be looked at once an instant has passed. */
  note(memberId: string, accountVersion: number, dueMs: number): Promise<void>;
  /** Some of the members whose hour has come, oldest first; over all shards. */
  due(nowMs: number, limit: number): Promise<DueNote[]>;
  /** Takes a note away, unless it has been written anew since it was read. */
  done(note: DueNote): Promise<void>;
  /** Takes the note of an instant away, whoever wrote it last. */
  forget(memberId: string, dueMs: number): Promise<void>;
};

/** Notes are spread over this many partitions, so that no key is written by every order. */
const SHARDS = 8;
const HOUR_MS = 3_600_000;

/** The notes of the Profile table. */
export function dueStore(client: DynamoDBClient, table: string): DueStore {
  return {
    async note(memberId, accountVersion, dueMs) {
      const key = profileKeys.due(shardOf(memberId, SHARDS), hourAfter(dueMs), memberId);
      await client.send(
        new PutItemCommand({ TableName: table, Item: { ...keyItem(key), v: { N: String(accountVersion) } } }),
      );
    },

    async due(nowMs, limit) {
      const shards = Array.from({ length: SHARDS }, (_, shard) => shard);
      const found = await Promise.all(shards.map((shard) => dueOfShard(client, table, shard, { nowMs, limit })));
      return found.flat().sort((a, b) => (a.hour < b.hour ? -1 : a.hour > b.hour ? 1 : 0));
    },

    async forget(memberId, dueMs) {
      const key = profileKeys.due(shardOf(memberId, SHARDS), hourAfter(dueMs), memberId);
      await client.send(new DeleteItemCommand({ TableName: table, Key: keyItem(key) }));
    },

    async done({ memberId, hour, accountVersion }) {
      const key = profileKeys.due(shardOf(memberId, SHARDS), hour, memberId);
      const remove = new DeleteItemCommand({
        TableName: table,
        Key: keyItem(key),
        ConditionExpression: 'attribute_not_exists(pk) OR v = :seen',
        ExpressionAttributeValues: { ':seen': { N: String(accountVersion) } },
      });
      try {
        await client.send(remove);
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    },
  };
}

async function dueOfShard(
  client: DynamoDBClient,
  table: string,
  shard: number,
  { nowMs, limit }: { nowMs: number; limit: number },
): Promise<DueNote[]> {
  const { pk } = profileKeys.due(shard, '', '');
  const answer = await client.send(
    new QueryCommand({
      TableName: table,
      // The hour that has come is the last one whose notes are read: `~` comes after every character of an id.
      KeyConditionExpression: 'pk = :pk AND sk <= :until',
      ExpressionAttributeValues: { ':pk': { S: pk }, ':until': { S: `${hourOf(nowMs)}#~` } },
      // A note of a moment ago must not be missed, nor one be met again that is done.
      ConsistentRead: true,
      Limit: limit,
    }),
  );
  return (answer.Items ?? []).map((item) => {
    const [hour = '', ...rest] = (item.sk?.S ?? '').split('#');
    return { hour, memberId: rest.join('#'), accountVersion: Number(item.v?.N ?? 0) };
  });
}

/** The hour in which an instant lies has passed by the next one; that is when what falls due in it is looked at. */
function hourAfter(dueMs: number): string {
  return hourOf(Math.ceil(dueMs / HOUR_MS) * HOUR_MS);
}

function hourOf(ms: number): string {
  return new Date(Math.floor(ms / HOUR_MS) * HOUR_MS).toISOString().slice(0, 13);
}
