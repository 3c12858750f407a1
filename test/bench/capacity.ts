import { type AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** What one request consumed, in the table's own units: WRU of a write, RRU of a read. */
export type Consumption = {
  operation: string;
  table: string;
  kind: 'read' | 'write';
  units: number;
  /** The partition that the request names first: requests of one kind name partitions of one kind. */
  partition: string;
  /** The items that a write names, `pk sk`. */
  written: readonly string[];
  /** Several items in one: each of them costs twice. */
  transaction: boolean;
  /** The tables would not write it, because of a condition or a conflict; it is paid for all the same. */
  refused: boolean;
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
  TransactItems?: {
    Put?: { Item?: Item };
    Update?: { Key?: Item };
    Delete?: { Key?: Item };
    ConditionCheck?: { Key?: Item };
  }[];
};
type ConsumedCapacity = { TableName?: string; CapacityUnits?: number };

/** Listens to clients: every request asks for its consumption, and `take` hands over what has come together. */
export class CapacityMeter {
  #consumed: Consumption[] = [];
  readonly #clients = new WeakSet<DynamoDBClient>();

  /** Listens to a client from now on; once, however often it is asked to. */
  listen(client: DynamoDBClient): void {
    if (this.#clients.has(client)) return;
    this.#clients.add(client);
    client.middlewareStack.add(
      (next, context) => async (request) => {
        const operation = String(context.commandName);
        const input = request.input as Request;
        const written = WRITES.has(operation) ? keysOf(input) : [];
        const seen = {
          operation,
          kind: WRITES.has(operation) ? ('write' as const) : ('read' as const),
          partition: partitionOf(input),
          written,
          transaction: operation === 'TransactWriteItemsCommand',
        };
        let answer: Awaited<ReturnType<typeof next>>;
        try {
          answer = await next({ ...request, input: { ...request.input, ReturnConsumedCapacity: 'TOTAL' } });
        } catch (error) {
          // What a refused write takes is not told; at least it is known which items it would have written.
          if (written.length > 0) this.#consumed.push({ ...seen, table: '', units: 0, refused: true });
          throw error;
        }
        const { ConsumedCapacity } = answer.output as { ConsumedCapacity?: ConsumedCapacity | ConsumedCapacity[] };
        if (ConsumedCapacity === undefined) throw new Error(`${operation} does not say what it consumed`);
        for (const { TableName = '', CapacityUnits = 0 } of [ConsumedCapacity].flat()) {
          this.#consumed.push({ ...seen, table: TableName, units: CapacityUnits, refused: false });
        }
        return answer;
      },
      { step: 'initialize', name: 'capacityMeter' },
    );
  }

  /**
   * Listens to every client of this process, also those that functions open for themselves.
   * @returns a function that ends it
   */
  listenToAll(): () => void {
    const { send } = DynamoDBClient.prototype;
    const listen = (client: DynamoDBClient) => this.listen(client);
    DynamoDBClient.prototype.send = function (this: DynamoDBClient, ...request: unknown[]) {
      listen(this);
      return Reflect.apply(send, this, request);
    } as typeof send;
    return () => {
      DynamoDBClient.prototype.send = send;
    };
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

function keysOf({ Key, Item, TransactItems = [] }: Request): string[] {
  const items = TransactItems.map(
    ({ Put, Update, Delete, ConditionCheck }) => Put?.Item ?? Update?.Key ?? Delete?.Key ?? ConditionCheck?.Key,
  );
  return [Key, Item, ...items].flatMap((it) => (it === undefined ? [] : [`${it.pk?.S} ${it.sk?.S}`]));
}

/** The units of one kind, of the requests that are asked for. */
export function unitsOf(
  consumed: readonly Consumption[],
  kind: Consumption['kind'],
  among: (request: Consumption) => boolean = () => true,
): number {
  return consumed.filter((it) => it.kind === kind && among(it)).reduce((total, { units }) => total + units, 0);
}
