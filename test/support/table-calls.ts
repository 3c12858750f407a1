import { AsyncLocalStorage } from 'node:async_hooks';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** A request to the tables that this process has made. */
export type TableCall = {
  operation: string;
  tables: string[];
  /** The partitions that it names, as far as it names any. */
  partitions: string[];
  reads: boolean;
  /** Whether it was a write that was carried out. */
  wrote: boolean;
};

const READS = new Set([
  'BatchGetItemCommand',
  'GetItemCommand',
  'QueryCommand',
  'ScanCommand',
  'TransactGetItemsCommand',
]);
const WRITES = new Set([
  ...['BatchWriteItemCommand', 'DeleteItemCommand', 'PutItemCommand', 'TransactWriteItemsCommand', 'UpdateItemCommand'],
]);

/**
 * Watches the requests of every client of tables in this process. `all` has them in their order; `during` gives those that one piece of work has made
 * itself, whatever else goes on at the same time.
 */
export function watchTableCalls(): {
  all: TableCall[];
  during: <Answer>(work: () => Promise<Answer>) => Promise<{ answer: Answer; calls: TableCall[] }>;
  stop: () => void;
} {
  const all: TableCall[] = [];
  const storage = new AsyncLocalStorage<{ calls: TableCall[]; open: boolean }>();
  const { prototype } = DynamoDBClient as unknown as {
    prototype: { send: (this: unknown, command: Command, ...rest: unknown[]) => Promise<unknown> };
  };
  const { send } = prototype;
  prototype.send = async function (this: unknown, command, ...rest) {
    const call = callOf(command);
    all.push(call);
    const current = storage.getStore();
    if (current?.open === true) current.calls.push(call);
    const answer = await send.apply(this, [command, ...rest]);
    call.wrote = WRITES.has(call.operation);
    return answer;
  };
  return {
    all,
    async during(work) {
      const record = { calls: [] as TableCall[], open: true };
      const answer = await storage.run(record, work);
      record.open = false;
      return { answer, calls: record.calls };
    },
    stop: () => {
      prototype.send = send;
    },
  };
}

type Command = { constructor: { name: string }; input: Record<string, unknown> };

function callOf(command: Command): TableCall {
  const { input } = command;
  const [tables, partitions] = [new Set<string>(), new Set<string>()];
  gather(input, tables, partitions);
  const operation = command.constructor.name;
  return { operation, tables: [...tables], partitions: [...partitions], reads: READS.has(operation), wrote: false };
}

/** Every table and every partition that an input names, wherever it does. */
function gather(value: unknown, tables: Set<string>, partitions: Set<string>): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    if (name === 'TableName') tables.add(String(inner));
    if (name === 'RequestItems') for (const table of Object.keys(inner as object)) tables.add(table);
    const text = (inner as { S?: unknown } | null)?.S;
    if ((name === 'pk' || name === ':pk') && typeof text === 'string') partitions.add(text);
    gather(inner, tables, partitions);
  }
}
