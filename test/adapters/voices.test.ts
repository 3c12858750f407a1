import { BatchGetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { memberStore } from '../../shared/adapters/dynamo/member-store.ts';
import { loadVoices } from '../../shared/adapters/vault/voices.ts';
import { type Dynoxide, startDynoxide } from '../support/dynoxide.ts';
import { eraseKey, type TestVault, testVault } from '../support/open-vault.ts';

let dynoxide: Dynoxide;
let table: string;
let vault: TestVault;

const rows = Array.from({ length: 20 }, (_, n) => ({
  reviewId: `rev-${n}`,
  eventId: `e-${n}`,
  memberId: `m${n}`,
  ...(n === 3 && { anonymous: true as const }),
}));

beforeAll(async () => {
  dynoxide = await startDynoxide();
});
beforeEach(async () => {
  const tables = await dynoxide.createTables();
  table = tables.vault;
  vault = testVault(dynoxide.client, table);
  const members = memberStore(dynoxide.client, tables.profile, vault);
  for (const { reviewId, eventId, memberId } of rows) {
    const person = { memberId, version: 1, displayName: { value: `Name of ${memberId}`, atMs: 1, eventId: 'r' } };
    await members.save({ person });
    const words = { title: reviewId, text: `Words of ${memberId}.` };
    const writes = await vault.words.beside([{ owner: `MEMBER#${memberId}`, eventId, words }]);
    for (const { Put } of writes) if (Put !== undefined) await put(Put);
  }
});
afterAll(() => dynoxide.stop());

async function put(input: object): Promise<void> {
  await dynoxide.client.send(new PutItemCommand(input as never));
}

it('a page of twenty reviews is read in one request, and each author asks the key service once in a process', async () => {
  const cold = testVault(dynoxide.client, table);
  const send = vi.spyOn(dynoxide.client, 'send');
  const voices = await loadVoices(cold, rows);
  expect(send.mock.calls.map(([command]) => command)).toEqual([expect.any(BatchGetItemCommand)]);
  expect(cold.calls).toEqual({ generated: 0, unwrapped: 20 });
  await loadVoices(cold, rows);
  expect(cold.calls.unwrapped).toBe(20);
  send.mockRestore();
  expect(voices.words.get('rev-7')).toEqual({ title: 'rev-7', text: 'Words of m7.' });
  expect(voices.names.get('m7')).toBe('Name of m7');
  expect(voices.names.size).toBe(19);
  expect(voices.erased.size).toBe(0);
});

it('who does not want to be shown has words and no name, and is not asked for one', async () => {
  const voices = await loadVoices(vault, rows);
  expect(voices.words.get('rev-3')).toMatchObject({ text: 'Words of m3.' });
  expect(voices.names.has('m3')).toBe(false);
});

it('who has been erased has neither, from that moment on, also in a process that knew the key', async () => {
  await loadVoices(vault, rows);
  await eraseKey(dynoxide.client, table, 'MEMBER#m5');
  const voices = await loadVoices(vault, rows);
  expect(voices.words.has('rev-5')).toBe(false);
  expect(voices.names.has('m5')).toBe(false);
  expect(voices.erased).toEqual(new Set(['m5']));
  expect(voices.words.size).toBe(19);
});

it('nobody is asked for where there is nothing to show', async () => {
  expect(await loadVoices(vault, [])).toEqual({ words: new Map(), names: new Map(), erased: new Set() });
});
