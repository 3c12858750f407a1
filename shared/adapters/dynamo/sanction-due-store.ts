import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { sanctionDue } from '../../domain/sanction/sanction-due.ts';
import { sanctionKeys } from './keys.ts';
import { type Item, keyItem } from './profile-records.ts';
import { sanctionOf } from './sanction-store.ts';
import { shardOf } from './shards.ts';

/** A case to be looked at, and the note that says so. */
export type SanctionNote = { sanctionId: string; version: number; dueMs: number };

/**
 * Which cases are to be looked at from when on, because an answer period passes or a restriction ends. A note is only a hint:
 * what is due is computed from the case, and a note too many does no harm.
 */
export type SanctionDueStore = {
  /** Notes that a case, whose record has this version, is to be looked at once an instant has passed. */
  note(note: SanctionNote): Promise<void>;
  /** The cases whose instant has come, in pages; of each shard the earliest hour first. */
  due(nowMs: number): AsyncIterable<SanctionNote[]>;
  /** Takes a note away, unless it has been written anew since it was read. */
  done(note: SanctionNote): Promise<void>;
};

const SHARDS = 2;
const NOTES_PER_PAGE = 100;

/** The notes of the Reputation table. */
export function sanctionDueStore(client: DynamoDBClient, table: string): SanctionDueStore {
  return {
    async note({ sanctionId, version, dueMs }) {
      const item = {
        ...keyItem(keyOf({ sanctionId, dueMs })),
        v: { N: String(version) },
        dueMs: { N: String(dueMs) },
      };
      await client.send(new PutItemCommand({ TableName: table, Item: item }));
    },

    async *due(nowMs) {
      for (let shard = 0; shard < SHARDS; shard += 1) {
        let after: Item | undefined;
        do {
          const answer = await client.send(
            new QueryCommand({
              TableName: table,
              // `~` comes after every character of an id, so that the notes of this very hour are among them.
              KeyConditionExpression: 'pk = :pk AND sk <= :until',
              FilterExpression: 'dueMs <= :now',
              ExpressionAttributeValues: {
                ':pk': { S: sanctionKeys.due(shard, '', '').pk },
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

    async done({ sanctionId, version, dueMs }) {
      const remove = new DeleteItemCommand({
        TableName: table,
        Key: keyItem(keyOf({ sanctionId, dueMs })),
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

function keyOf({ sanctionId, dueMs }: { sanctionId: string; dueMs: number }) {
  return sanctionKeys.due(shardOf(sanctionId, SHARDS), hourOf(dueMs), sanctionId);
}

function noteOf({ sk, v, dueMs }: Item): SanctionNote {
  const sanctionId = (sk?.S ?? '').split('#').slice(1).join('#');
  return { sanctionId, version: Number(v?.N ?? 0), dueMs: Number(dueMs?.N ?? 0) };
}

/** The hour in which an instant lies: notes are read from its beginning on, and those to come passed over. */
function hourOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 13);
}

/** Notes when time will next bring something to the cases among items that have changed, where that has changed too. */
export async function noteSanctionDue(
  changes: readonly { before?: Item; after?: Item }[],
  due: Pick<SanctionDueStore, 'note'>,
): Promise<void> {
  const notes = changes.flatMap(({ before, after }) => {
    const record = sanctionOf(after);
    const dueMs = sanctionDue(record);
    if (record === undefined || dueMs === undefined || sanctionDue(sanctionOf(before)) === dueMs) return [];
    return [{ sanctionId: record.sanctionId, version: record.version, dueMs }];
  });
  await Promise.all(notes.map((note) => due.note(note)));
}
