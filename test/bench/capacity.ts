import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** What one request consumed, in the table's own units: WRU of a write, RRU of a read. */
export type Consumption = {
  operation: string;
  table: string;
  kind: 'read' | 'write';
  units: number;
  /** The partition that the request names first: requests of one kind name partitions of one kind. */
  partition: string;
};

const WRITES: ReadonlySet<string> = new Set([
  'PutItemCommand',
  'UpdateItemCommand',
  'DeleteItemCommand',
  'BatchWriteItemCommand',
  'TransactWriteItemsCommand',
]);

type Item = Record<string, AttributeValue>;
type Request = {
  Key?: Item;
  Item?: Item;
  ExpressionAttributeValues?: Item;
  RequestItems?: Record<string, { Keys?: Item[] }>;
  TransactItems?: { Put?: { Item?: Item }; Update?: { Key?: Item } }[];
};
type ConsumedCapacity = { TableName?: string; CapacityUnits?: number };

/** Listens to a client: every request asks for its consumption, and `take` hands over what has come together. */
export class CapacityMeter {
  #consumed: Consumption[] = [];

  constructor(client: DynamoDBClient) {
    client.middlewareStack.add(
      (next, context) => async (request) => {
        const operation = String(context.commandName);
        const answer = await next({ ...request, input: { ...request.input, ReturnConsumedCapacity: 'TOTAL' } });
        const { ConsumedCapacity } = answer.output as { ConsumedCapacity?: ConsumedCapacity | ConsumedCapacity[] };
        if (ConsumedCapacity === undefined) throw new Error(`${operation} does not say what it consumed`);
        for (const { TableName = '', CapacityUnits = 0 } of [ConsumedCapacity].flat()) {
          const kind = WRITES.has(operation) ? 'write' : 'read';
          const partition = partitionOf(request.input as Request);
          this.#consumed.push({ operation, table: TableName, kind, units: CapacityUnits, partition });
        }
        return answer;
      },
      { step: 'initialize', name: 'capacityMeter' },
    );
  }

  /** What has been consumed since this was last asked. */
  take(): Consumption[] {
    const consumed = this.#consumed;
    this.#consumed = [];
    return consumed;
  }
}

function partitionOf({ Key, Item, ExpressionAttributeValues, RequestItems = {}, TransactItems = [] }: Request): string {
  const [batch] = Object.values(RequestItems);
  const [first] = TransactItems;
  const key = Key ?? Item ?? batch?.Keys?.[0] ?? first?.Put?.Item ?? first?.Update?.Key;
  return key?.pk?.S ?? ExpressionAttributeValues?.[':pk']?.S ?? '';
}

/** The units of one kind on one table, of the partitions that are asked for. */
export function unitsOf(
  consumed: readonly Consumption[],
  kind: Consumption['kind'],
  table: string,
  ofPartition: (partition: string) => boolean = () => true,
): number {
  return consumed
    .filter((it) => it.kind === kind && it.table === table && ofPartition(it.partition))
    .reduce((total, { units }) => total + units, 0);
}
