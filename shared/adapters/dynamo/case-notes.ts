import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import type { Key } from './keys.ts';
import { type Item, keyItem } from './profile-records.ts';
import { shardOf } from './shards.ts';

/** A case to be looked at, and the note that says so. */
export type CaseNote = { id: string; version: number; dueMs: number };

/**
 * Which cases of some kind are to be looked at from when on, because time alone brings something to them. A note is only a
 * hint: what is due is computed from the case, and a note too many does no harm.
 */
export type CaseNotes = {
  /** Notes that a case, whose record has this version, is to be looked at once an instant has passed. */
  note(note: CaseNote): Promise<void>;
  /** The cases whose instant has come, in pages; of each shard the earliest hour first. */
  due(nowMs: number): AsyncIterable<CaseNote[]>;
  /** Takes a note away, unless it has been written anew since it was read. */
  done(note: CaseNote): Promise<void>;
};

const NOTES_PER_PAGE = 100;

/** Notes in partitions of their own, spread over shards, by the hour; `keyAt` is where one stands. */
export function caseNotes(
  client: DynamoDBClient,
  table: string,
  { shards, keyAt }: { shards: number; keyAt: (shard: number, hour: string, id: string) => Key },
): CaseNotes {
  const keyOf = ({ id, dueMs }: CaseNote) => keyAt(shardOf(id, shards), hourOf(dueMs), id);
  return {
    async note(note) {
      const { version, dueMs } = note;
      const item = { ...keyItem(keyOf(note)), v: { N: String(version) }, dueMs: { N: String(dueMs) } };
      await client.send(new PutItemCommand({ TableName: table, Item: item }));
    },

    async *due(nowMs) {
      for (let shard = 0; shard < shards; shard += 1) {
        let after: Item | undefined;
        do {
          const answer = await client.send(
            new QueryCommand({
              TableName: table,
              // `~` comes after every character of an id, so that the notes of this very hour are among them.
              KeyConditionExpression: 'pk = :pk AND sk <= :until',
              FilterExpression: 'dueMs <= :now',
              ExpressionAttributeValues: {
                ':pk': { S: keyAt(shard, '', '').pk },
                ':until': { S: `${hourOf(nowMs)}#~` },
                ':now': { N: String(nowMs) },
              },
              ConsistentRead: true,
              Limit: NOTES_PER_PAGE,
              ...(after && { ExclusiveStartKey: after }),
            }),
          );
          after = answer.LastEvaluatedKey;
          const notes = (answer.Items ?? []).map(noteOf);
          if (notes.length > 0) yield notes;
        } while (after !== undefined);
      }
    },

    async done(note) {
      const { version, dueMs } = note;
      const remove = new DeleteItemCommand({
        TableName: table,
        Key: keyItem(keyOf(note)),
        ConditionExpression: 'attribute_not_exists(pk) OR (v = :version AND dueMs = :due)',
        ExpressionAttributeValues: { ':version': { N: String(version) }, ':due': { N: String(dueMs) } },
      });
      try {
        await client.send(remove);
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    },
  };
}

function noteOf({ sk, v, dueMs }: Item): CaseNote {
  const id = (sk?.S ?? '').split('#').slice(1).join('#');
  return { id, version: Number(v?.N ?? 0), dueMs: Number(dueMs?.N ?? 0) };
}

/** The hour in which an instant lies: notes are read from its beginning on, and those to come passed over. */
function hourOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 13);
}
