import { GetItemCommand, PutItemCommand, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { vaultKeys } from '../../shared/adapters/dynamo/keys.ts';
import { keyItem, WriteConflict, writeFailure } from '../../shared/adapters/dynamo/profile-records.ts';
import { type PersonalItem, placeOf } from '../../shared/adapters/vault/vault.ts';
import { type Dynoxide, startDynoxide } from '../support/dynoxide.ts';
import { eraseKey, type TestVault, testVault } from '../support/open-vault.ts';

let dynoxide: Dynoxide;
let table: string;
let vault: TestVault;

beforeAll(async () => {
  dynoxide = await startDynoxide();
});
beforeEach(async () => {
  table = (await dynoxide.createTables()).vault;
  vault = testVault(dynoxide.client, table);
});
afterAll(() => dynoxide.stop());

const person = vaultKeys.person('ann');
const words = vaultKeys.words('MEMBER#ann', 'e1');
const read = async (key = person) =>
  (await vault.read([key], { consistent: true })).found.get(placeOf(key)) ?? 'nothing';

async function write(...items: PersonalItem[]): Promise<void> {
  const writes = await vault.writesOf(items);
  if (writes.length === 0) return;
  try {
    await dynoxide.client.send(new TransactWriteItemsCommand({ TransactItems: writes }));
  } catch (error) {
    throw writeFailure(error);
  }
}

describe('what is personal', () => {
  it('is read as it was written, with its version where it has one', async () => {
    await write({ key: person, content: { name: 'Ann' }, version: 1 }, { key: words, content: { text: 'Hello.' } });
    expect(await read()).toEqual({ content: { name: 'Ann' }, version: 1 });
    expect(await read(words)).toEqual({ content: { text: 'Hello.' }, version: 0 });
    expect(vault.calls).toEqual({ generated: 1, unwrapped: 0 });
    await write({ key: person, content: { name: 'Eve' }, version: 2 });
    expect(await read()).toEqual({ content: { name: 'Eve' }, version: 2 });
  });

  it('is written over the version before and no other', async () => {
    await write({ key: person, content: { name: 'Ann' }, version: 1 });
    for (const version of [1, 3]) {
      await expect(write({ key: person, content: { name: 'Eve' }, version })).rejects.toThrow(WriteConflict);
    }
    expect(await read()).toEqual({ content: { name: 'Ann' }, version: 1 });
  });

  it('opens in its own place alone', async () => {
    await write({ key: words, content: { text: 'Hello.' } });
    const { Item } = await dynoxide.client.send(new GetItemCommand({ TableName: table, Key: keyItem(words) }));
    const other = vaultKeys.words('MEMBER#ann', 'e2');
    const moved = new PutItemCommand({ TableName: table, Item: { ...Item, ...keyItem(other) } });
    await dynoxide.client.send(moved);
    expect(await read(other)).toBe('nothing');
    expect(await read(words)).toMatchObject({ content: { text: 'Hello.' } });
  });

  it('needs no key where there is nothing to seal', async () => {
    const note = vaultKeys.complaint('ann', 'c1');
    await write({ key: note });
    expect(vault.calls.generated).toBe(0);
    expect((await dynoxide.items(table)).map(({ sk }) => sk)).toEqual([note.sk]);
  });

  it('of one who has been erased is neither read nor written, and that of others is', async () => {
    await write({ key: person, content: { name: 'Ann' }, version: 1 });
    await eraseKey(dynoxide.client, table, 'MEMBER#ann');
    const bob = vaultKeys.person('bob');
    await write(
      { key: words, content: { text: 'Too late.' } },
      { key: vaultKeys.complaint('ann', 'c1') },
      { key: bob, content: { name: 'Bob' }, version: 1 },
    );
    const { found, erased } = await vault.read([person, words, bob], { consistent: true });
    expect([...found.keys()]).toEqual([placeOf(bob)]);
    expect(erased).toEqual(new Set(['MEMBER#ann']));
  });

  it('asks for nothing where nothing is to be written', async () => {
    expect(await vault.writesOf([])).toEqual([]);
  });
});
