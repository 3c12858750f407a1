import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { complaintDueMs } from '../../domain/complaint/complaint-due.ts';
import { complaintOf } from './complaint-store.ts';
import { complaintKeys } from './keys.ts';
import { type Item, keyItem } from './profile-records.ts';
import { shardOf } from './shards.ts';

/** A complaint to be looked at, and the note that says so. */
export type ComplaintNote = { complaintId: string; version: number; dueMs: number };

/**
 * Which complaints are to be looked at from when on, because a deadline passes or a case closes. A note is only a hint: what is
 * due is computed from the complaint, and a note too many does no harm.
 */
export type ComplaintDueStore = {
  /** Notes that a complaint, whose record has this version, is to be looked at once an instant has passed. */
  note(note: ComplaintNote): Promise<void>;
  /** The complaints whose instant has come, in pages; of each shard the earliest hour first. */
  due(nowMs: number): AsyncIterable<ComplaintNote[]>;
  /** Takes a note away, unless it has been written anew since it was read. */
  done(note: ComplaintNote): Promise<void>;
};

const SHARDS = 4;
const NOTES_PER_PAGE = 100;

/** The notes of the Reputation table. */
export function complaintDueStore(client: DynamoDBClient, table: string): ComplaintDueStore {
  return {
    async note({ complaintId, version, dueMs }) {
      const item = {
        ...keyItem(keyOf({ complaintId, dueMs })),
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
                ':pk': { S: complaintKeys.due(shard, '', '').pk },
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

    async done({ complaintId, version, dueMs }) {
      const remove = new DeleteItemCommand({
        TableName: table,
        Key: keyItem(keyOf({ complaintId, dueMs })),
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

function keyOf({ complaintId, dueMs }: { complaintId: string; dueMs: number }) {
  return complaintKeys.due(shardOf(complaintId, SHARDS), hourOf(dueMs), complaintId);
}

function noteOf({ sk, v, dueMs }: Item): ComplaintNote {
  const complaintId = (sk?.S ?? '').split('#').slice(1).join('#');
  return { complaintId, version: Number(v?.N ?? 0), dueMs: Number(dueMs?.N ?? 0) };
}

/** The hour in which an instant lies: notes are read from its beginning on, and those to come passed over. */
function hourOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 13);
}

/** Notes when time will next bring something to the complaints among items that have changed, where that has changed too. */
export async function noteComplaintDue(
  changes: readonly { before?: Item; after?: Item }[],
  due: Pick<ComplaintDueStore, 'note'>,
): Promise<void> {
  const notes = changes.flatMap(({ before, after }) => {
    const record = complaintOf(after);
    const dueMs = record && complaintDueMs(record);
    if (record === undefined || dueMs === undefined) return [];
    const earlier = complaintOf(before);
    if (earlier !== undefined && complaintDueMs(earlier) === dueMs) return [];
    return [{ complaintId: record.complaintId, version: record.version, dueMs }];
  });
  await Promise.all(notes.map((note) => due.note(note)));
}
