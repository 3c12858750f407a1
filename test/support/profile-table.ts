import { type AttributeValue, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { readRecord } from '../../shared/adapters/dynamo/profile-records.ts';
import type { AccountRecord } from '../../shared/domain/loyalty/book-postings.ts';
import type { JournalEntry } from '../../shared/domain/loyalty/journal.ts';
import type { OrderRecord } from '../../shared/domain/loyalty/order-facts.ts';

export type ProfileContents = {
  accounts: Map<string, AccountRecord>;
  orders: Map<string, OrderRecord>;
  /** All entries of a member's journal, oldest first. */
  journals: Map<string, JournalEntry[]>;
  guests: Record<string, number>;
};

/** Everything in a table, as its items are. */
export async function scanTable(endpoint: string, table: string): Promise<Record<string, AttributeValue>[]> {
  const client = new DynamoDBClient({
    endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const items: Record<string, AttributeValue>[] = [];
  let start: Record<string, AttributeValue> | undefined;
  do {
    const answer = await client.send(
      new ScanCommand({ TableName: table, ConsistentRead: true, ...(start && { ExclusiveStartKey: start }) }),
    );
    items.push(...(answer.Items ?? []));
    start = answer.LastEvaluatedKey;
  } while (start !== undefined);
  client.destroy();
  return items;
}

/** The Profile table, read without the stores under test. */
export async function readProfile(endpoint: string, table: string): Promise<ProfileContents> {
  const contents: ProfileContents = { accounts: new Map(), orders: new Map(), journals: new Map(), guests: {} };
  const pages: { memberId: string; entries: JournalEntry[] }[] = [];
  for (const item of await scanTable(endpoint, table)) {
    const pk = item.pk?.S ?? '';
    const sk = item.sk?.S ?? '';
    if (sk === 'ACCOUNT') contents.accounts.set(pk.slice('MEMBER#'.length), record<AccountRecord>(item));
    if (sk === 'ORDER') contents.orders.set(pk.slice('ORDER#'.length), record<OrderRecord>(item));
    if (sk.startsWith('JOURNAL#')) {
      const { entries } = record<{ entries: JournalEntry[] }>(item);
      pages.push({ memberId: pk.slice('MEMBER#'.length), entries });
    }
    if (sk === 'GUESTS') {
      for (const [name, value] of Object.entries(item)) {
        if (value.N !== undefined) contents.guests[name] = (contents.guests[name] ?? 0) + Number(value.N);
      }
    }
  }
  for (const [memberId, { journal }] of contents.accounts) {
    const written = pages.filter((page) => page.memberId === memberId).flatMap(({ entries }) => entries);
    contents.journals.set(
      memberId,
      [...written, ...journal.tail].sort((a, b) => a.seq - b.seq),
    );
  }
  return contents;
}

function record<Content>(item: Record<string, AttributeValue>): Content {
  const read = readRecord<Content>(item);
  if (read === undefined) throw new Error(`no record: ${JSON.stringify(item.pk)}`);
  return read;
}
