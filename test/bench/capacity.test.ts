import { PutItemCommand, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dynamoClient } from '../../shared/adapters/dynamo/client.ts';
import { type Dynoxide, LOCAL_CREDENTIALS, LOCAL_REGION, startDynoxide } from '../support/dynoxide.ts';
import { CapacityMeter, unitsOf } from './capacity.ts';

let tables: Dynoxide;
let table: string;
beforeAll(async () => {
  tables = await startDynoxide();
  table = (await tables.createTables()).profile;
});
afterAll(async () => {
  await tables.stop();
});

const item = (pk: string, more: object = {}) => ({ pk: { S: pk }, sk: { S: 'THING' }, ...more });
const missing = { ConditionExpression: 'attribute_not_exists(pk)' };

describe('a meter of capacity', () => {
  test('hears of every client of the process, until it is told to end, and of each request once', async () => {
    const meter = new CapacityMeter();
    const end = meter.listenToAll();
    const client = dynamoClient({ endpoint: tables.endpoint, region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS });
    const put = (pk: string) => client.send(new PutItemCommand({ TableName: table, Item: item(pk) }));
    await put('A#1');
    await put('A#2');
    const consumed = meter.take();
    expect(consumed.map(({ written }) => written)).toEqual([['A#1 THING'], ['A#2 THING']]);
    expect(unitsOf(consumed, 'write')).toBe(2);
    expect(meter.take()).toEqual([]);
    end();
    const another = dynamoClient({ endpoint: tables.endpoint, region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS });
    await another.send(new PutItemCommand({ TableName: table, Item: item('A#3') }));
    expect(meter.take()).toEqual([]);
    client.destroy();
    another.destroy();
  });

  test('knows the items of a transaction, which cost twice, and of a write that was refused', async () => {
    const meter = new CapacityMeter();
    const client = dynamoClient({ endpoint: tables.endpoint, region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS });
    meter.listen(client);
    meter.listen(client);
    const writes = ['B#1', 'B#2'].map((pk) => ({ Put: { TableName: table, Item: item(pk), ...missing } }));
    await client.send(new TransactWriteItemsCommand({ TransactItems: writes }));
    const [done, ...rest] = meter.take();
    expect(rest).toEqual([]);
    expect(done).toMatchObject({ units: 4, written: ['B#1 THING', 'B#2 THING'], transaction: true, refused: false });
    const again = client.send(new PutItemCommand({ TableName: table, Item: item('B#1'), ...missing }));
    await expect(again).rejects.toThrow();
    expect(meter.take()).toMatchObject([{ units: 0, written: ['B#1 THING'], transaction: false, refused: true }]);
    client.destroy();
  });
});
