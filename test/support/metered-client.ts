import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { dynamoClient } from '../../shared/adapters/dynamo/client.ts';
import { type Dynoxide, LOCAL_CREDENTIALS, LOCAL_REGION } from './dynoxide.ts';

type Consumed = { CapacityUnits?: number; WriteCapacityUnits?: number };

/** A client that asks every write for the capacity it consumed and adds it up: write units, indexes included. */
export function meteredClient({ endpoint }: Dynoxide): { client: DynamoDBClient; writeUnits: () => number } {
  const client = dynamoClient({ endpoint, region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS });
  let units = 0;
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const reads = /Get|Query|Scan/.test(context.commandName ?? '');
      if (reads) return next(args);
      const result = await next({ ...args, input: { ...args.input, ReturnConsumedCapacity: 'TOTAL' } });
      const { ConsumedCapacity = [] } = result.output as { ConsumedCapacity?: Consumed | Consumed[] };
      const parts = Array.isArray(ConsumedCapacity) ? ConsumedCapacity : [ConsumedCapacity];
      if (parts.length === 0) throw new Error(`${context.commandName} did not say what it consumed`);
      units += parts.reduce((sum, part) => sum + (part.WriteCapacityUnits ?? part.CapacityUnits ?? 0), 0);
      return result;
    },
    { step: 'initialize', name: 'meter' },
  );
  return { client, writeUnits: () => units };
}
