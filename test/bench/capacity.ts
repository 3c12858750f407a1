import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** What one request consumed, in the table's own units: WRU of a write, RRU of a read. */
export type Consumption = { operation: string; table: string; kind: 'read' | 'write'; units: number };

const WRITES: ReadonlySet<string> = new Set([
  'PutItemCommand',
  'UpdateItemCommand',
  'DeleteItemCommand',
  'BatchWriteItemCommand',
  'TransactWriteItemsCommand',
]);

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
          this.#consumed.push({ operation, table: TableName, kind, units: CapacityUnits });
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

/** The units of one kind on one table. */
export function unitsOf(consumed: readonly Consumption[], kind: Consumption['kind'], table: string): number {
  return consumed.filter((it) => it.kind === kind && it.table === table).reduce((total, { units }) => total + units, 0);
}
