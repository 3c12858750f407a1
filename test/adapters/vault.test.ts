import { PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { keyWrapping } from '../../shared/adapters/kms/key-wrapping.ts';
import { type Vault, vault } from '../../shared/adapters/vault/vault.ts';
import { type Dynoxide, startDynoxide, type Tables } from '../support/dynoxide.ts';
import { startKeyService } from '../support/key-service.ts';

let dynoxide: Dynoxide;
let keys: Awaited<ReturnType<typeof startKeyService>>;
let tables: Tables;

beforeAll(async () => {
  [dynoxide, keys] = [await startDynoxide(), await startKeyService()];
});
afterAll(() => Promise.all([dynoxide.stop(), keys.stop()]));
beforeEach(async () => {
  tables = await dynoxide.createTables();
});

/** A vault as one process has it: with what it remembers of keys, and nothing of what others do. */
function open(keyId = 'stage'): { vault: Vault; asked: string[] } {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const wrapping = keyWrapping(keyId, { endpoint: keys.url, region: 'eu-west-1', credentials });
  const asked: string[] = [];
  const counting: typeof wrapping = {
    generate(owner) {
      asked.push('generate');
      return wrapping.generate(owner);
    },
    unwrap(owner, wrapped) {
      asked.push('unwrap');
      return wrapping.unwrap(owner, wrapped);
    },
  };
  return { vault: vault(dynoxide.client, tables.vault, counting), asked };
}
const standing = async () => (await dynoxide.client.send(new ScanCommand({ TableName: tables.vault }))).Items ?? [];
const text = (owner: string, said = 'what Ann wrote') => ({ owner, context: 'c', text: said });
const sealed = (owner: string, seal: string | undefined) => ({ owner, context: 'c', seal: seal ?? '' });

describe('the vault', () => {
  it('seals for an owner with one key, which stands there wrapped, and opens in another process', async () => {
    const { vault: here, asked } = open();
    const [first, second] = await here.seal([text('MEMBER#a'), text('MEMBER#a', 'more')]);
    expect(asked).toEqual(['generate']);
    expect(await standing()).toMatchObject([{ pk: { S: 'MEMBER#a' }, sk: { S: 'KEY' } }]);
    const there = open();
    expect(await there.vault.open([sealed('MEMBER#a', first), sealed('MEMBER#a', second)])).toEqual([
      'what Ann wrote',
      'more',
    ]);
    expect(await there.vault.open([sealed('MEMBER#a', first)])).toEqual(['what Ann wrote']);
    expect(there.asked).toEqual(['unwrap']);
    expect(await there.vault.seal([text('MEMBER#a')])).toEqual([first]);
  });

  it('gives one owner one key, however many processes make it at once', async () => {
    const processes = Array.from({ length: 8 }, () => open().vault);
    const seals = await Promise.all(processes.map((it) => it.seal([text('MEMBER#a')])));
    expect(new Set(seals.flat()).size).toBe(1);
  });

  it('opens for nobody else, and nothing of which the key is gone', async () => {
    const { vault: here } = open();
    const [seal] = await here.seal([text('MEMBER#a')]);
    await here.seal([text('MEMBER#b')]);
    expect(await here.open([sealed('MEMBER#b', seal), sealed('MEMBER#c', seal)])).toEqual([undefined, undefined]);
    const marker = { pk: { S: 'MEMBER#a' }, sk: { S: 'KEY' }, erasedAt: { S: '2026-01-01T00:00:00.000Z' } };
    await dynoxide.client.send(new PutItemCommand({ TableName: tables.vault, Item: marker }));
    expect(await here.open([sealed('MEMBER#a', seal)])).toEqual([undefined]);
    expect(await here.seal([text('MEMBER#a'), text('MEMBER#b')])).toEqual([undefined, expect.stringMatching(/^v1\./)]);
  });

  it('fails where the key service reads no key of it, such as one wrapped for another owner', async () => {
    const { vault: here } = open();
    const [seal] = await here.seal([text('MEMBER#a')]);
    const [item] = await standing();
    const stolen = { ...item, pk: { S: 'MEMBER#thief' } };
    await dynoxide.client.send(new PutItemCommand({ TableName: tables.vault, Item: stolen }));
    await expect(open().vault.open([sealed('MEMBER#thief', seal)])).rejects.toThrow('encrypted here');
    await expect(open('another-key').vault.open([sealed('MEMBER#a', seal)])).rejects.toThrow('Another key');
  });

  it('says so where the key service cannot be had, and can be asked again', async () => {
    const { vault: here } = open();
    const [seal] = await here.seal([text('MEMBER#a')]);
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const nowhere = keyWrapping('stage', { endpoint: 'http://127.0.0.1:1', region: 'eu-west-1', credentials });
    const without = vault(dynoxide.client, tables.vault, nowhere);
    await expect(without.open([sealed('MEMBER#a', seal)])).rejects.toMatchObject({ name: 'KeysUnavailable' });
    await expect(without.seal([text('MEMBER#b')])).rejects.toMatchObject({ name: 'KeysUnavailable' });
    expect(await standing()).toHaveLength(1);
    expect(await open().vault.open([sealed('MEMBER#a', seal)])).toEqual(['what Ann wrote']);
  });

  it('asks for nothing where there is nothing to open', async () => {
    expect(await open().vault.open([])).toEqual([]);
  });
});
