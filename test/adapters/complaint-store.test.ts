import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { besideFact, wordsOf } from '../../functions/complaint/words-of.ts';
import type { CaseNote, CaseNotes } from '../../shared/adapters/dynamo/case-notes.ts';
import { complaintDueStore, noteComplaintDue } from '../../shared/adapters/dynamo/complaint-due-store.ts';
import { type ComplaintStore, complaintOf, complaintStore } from '../../shared/adapters/dynamo/complaint-store.ts';
import { complaintKeys } from '../../shared/adapters/dynamo/keys.ts';
import { keyItem, WriteConflict } from '../../shared/adapters/dynamo/profile-records.ts';
import type { WordsStore } from '../../shared/adapters/vault/words.ts';
import { addFact } from '../../shared/domain/complaint/complaint.ts';
import { markDue } from '../../shared/domain/complaint/complaint-due.ts';
import { factOf, type Saying, type Told } from '../../shared/domain/complaint/decide-complaint.ts';
import { always } from '../../shared/policy/policies.ts';
import { currentPolicy } from '../../shared/policy/policy.ts';
import { type Dynoxide, startDynoxide } from '../support/dynoxide.ts';
import { eraseKey, testVault } from '../support/open-vault.ts';
import { scanTable } from '../support/profile-table.ts';
import { tableText } from '../support/table-text.ts';

const policies = always(currentPolicy);
const HOUR_MS = 3_600_000;
const START = Date.parse('2026-01-05T10:20:00Z');
const opening = {
  kind: 'opened',
  memberId: 'ann',
  brandId: 'hearth',
  category: 'quality',
  text: 'Broken.',
} satisfies Saying;

let dynoxide: Dynoxide;
let table: string;
let vaultTable: string;
let words: WordsStore;
let complaints: ComplaintStore;
let due: CaseNotes;

beforeAll(async () => {
  dynoxide = await startDynoxide();
});
beforeEach(async () => {
  // Keys, index and stream are those of the Reputation table.
  ({ profile: table, vault: vaultTable } = await dynoxide.createTables());
  ({ words } = testVault(dynoxide.client, vaultTable));
  complaints = complaintStore(dynoxide.client, table);
  due = complaintDueStore(dynoxide.client, table);
});
afterAll(() => dynoxide.stop());

async function keep(complaintId: string, said: Saying, hour = 0): Promise<Told> {
  const told = factOf(said, { eventId: `${complaintId}:${said.kind}:${hour}`, atMs: START + hour * HOUR_MS });
  const stored = await complaints.load(complaintId);
  const added = addFact(stored.record, told.fact, policies);
  if (added.kind !== 'added') throw new Error(added.kind);
  await complaints.save(stored, added.record, await besideFact(complaintId, told, words));
  return told;
}

const keysInVault = async () =>
  (await scanTable(dynoxide.endpoint, vaultTable)).map(({ pk, sk }) => `${pk?.S} ${sk?.S}`).sort();
const itemOf = async (complaintId: string) => (await complaints.load(complaintId)).item;

describe('a complaint', () => {
  it('is read as it was written, with its words in the vault, each under the key of who said it', async () => {
    const told = await keep('c1', opening);
    await keep('c1', { kind: 'answered', actor: 'carl', text: 'Sorry.' }, 1);
    const { record } = await complaints.load('c1');
    expect(record).toMatchObject({ complaintId: 'c1', version: 2, terms: { policyStamp: currentPolicy.stamp } });
    expect(record.facts.map(({ kind }) => kind)).toEqual(['opened', 'answered']);
    expect(await wordsOf(record, words)).toEqual(
      new Map([
        [told.fact.eventId, { text: 'Broken.' }],
        ['c1:answered:1', { text: 'Sorry.' }],
      ]),
    );
    expect(JSON.stringify(record)).not.toContain('Broken');
    expect((await scanTable(dynoxide.endpoint, table)).map(({ sk }) => sk?.S)).toEqual(['COMPLAINT']);
    expect(await keysInVault()).toEqual([
      'COMPLAINT#c1 KEY',
      'COMPLAINT#c1 WORDS#c1:answered:1',
      'MEMBER#ann COMPLAINT#c1',
      'MEMBER#ann KEY',
      'MEMBER#ann WORDS#c1:opened:0',
    ]);
    expect(await tableText(dynoxide.endpoint, vaultTable)).not.toMatch(/Broken|Sorry/);
  });

  it('that was never written is a new one, and one without words needs none', async () => {
    expect(await complaints.load('none')).toEqual({ record: { complaintId: 'none', version: 0, facts: [] } });
    await keep('c1', { ...opening, text: undefined });
    expect(await wordsOf((await complaints.load('c1')).record, words)).toEqual(new Map());
    // It is found again all the same, among what is the member's.
    expect(await keysInVault()).toEqual(['MEMBER#ann COMPLAINT#c1']);
  });

  it('of somebody who has been erased is kept without words, and is noted nowhere', async () => {
    await eraseKey(dynoxide.client, vaultTable, 'MEMBER#ann');
    await keep('c1', opening);
    await keep('c2', { ...opening, text: undefined });
    const { record } = await complaints.load('c1');
    expect(record.version).toBe(1);
    expect(await wordsOf(record, words)).toEqual(new Map());
    expect(await keysInVault()).toEqual(['MEMBER#ann KEY']);
  });

  it('is not written where its member is erased while it is under way', async () => {
    const told = factOf(opening, { eventId: 'e1', atMs: START });
    const stored = await complaints.load('c1');
    const added = addFact(stored.record, told.fact, policies);
    if (added.kind !== 'added') throw new Error(added.kind);
    const beside = await besideFact('c1', told, words);
    await eraseKey(dynoxide.client, vaultTable, 'MEMBER#ann');
    await expect(complaints.save(stored, added.record, beside)).rejects.toThrow(WriteConflict);
    expect((await complaints.load('c1')).record.version).toBe(0);
    expect(await keysInVault()).toEqual(['MEMBER#ann KEY']);
  });

  it('is never written over one that has changed since it was read', async () => {
    const stale = await complaints.load('c1');
    await keep('c1', opening);
    const added = addFact(stale.record, factOf(opening, { eventId: 'other', atMs: START }).fact, policies);
    if (added.kind !== 'added') throw new Error(added.kind);
    await expect(complaints.save(stale, added.record)).rejects.toThrow(WriteConflict);
  });

  it('keeps what has been counted of it, and is read again where more is counted in between', async () => {
    await keep('c1', opening);
    expect(await itemOf('c1')).toMatchObject({
      counted: { S: '{}' },
      due: { S: expect.stringContaining('BRAND#hearth') },
    });
    const stale = await complaints.load('c1');
    const count = new UpdateItemCommand({
      TableName: table,
      Key: keyItem(complaintKeys.complaint('c1')),
      UpdateExpression: 'SET counted = :counted',
      ExpressionAttributeValues: { ':counted': { S: stale.item?.due?.S ?? '' } },
    });
    await dynoxide.client.send(count);
    const marked = markDue(stale.record, START + 30 * HOUR_MS);
    if (marked === undefined) throw new Error('Nothing is due.');
    await expect(complaints.save(stale, marked)).rejects.toThrow(WriteConflict);
    await complaints.save(await complaints.load('c1'), marked);
    const item = await itemOf('c1');
    expect(item?.counted?.S).toBe(stale.item?.due?.S);
    expect(item?.due?.S).toContain('overdue@2026q1');
    expect(JSON.parse(item?.cause?.S ?? '')).toMatchObject({ type: 'complaint.deadline', subject: 'c1' });
  });

  it('is found in an item of the table, and in no other item', async () => {
    await keep('c1', opening);
    expect(complaintOf(await itemOf('c1'))?.complaintId).toBe('c1');
    expect(complaintOf({ ...keyItem(complaintKeys.due(0, '2026', 'c1')), v: { N: '1' } })).toBeUndefined();
    expect(complaintOf(undefined)).toBeUndefined();
  });
});

describe('the list of the desk', () => {
  const listed = async (state: Parameters<ComplaintStore['loadAttention']>[0]['state'], limit = 10) => {
    const found: string[] = [];
    let position: Awaited<ReturnType<ComplaintStore['loadAttention']>>['next'];
    do {
      const page = await complaints.loadAttention({ state, until: '9999', limit, position });
      found.push(...page.complaints.map(({ complaintId }) => complaintId));
      position = page.next;
    } while (position !== undefined);
    return found;
  };

  it('has what is due first at its head, page by page, and what is decided no longer', async () => {
    for (const [id, hour] of [
      ['c1', 9],
      ['c2', 0],
      ['c3', 5],
      ['c4', 3],
    ] as const)
      await keep(id, opening, hour);
    await keep('c2', { kind: 'answered', actor: 'carl' }, 1);
    await keep('c4', { kind: 'decided', outcome: 'upheld', actor: 'carl' }, 4);
    expect(await listed('complaint')).toEqual(['c3', 'c1', 'c2']);
    expect(await listed('complaint', 1)).toEqual(['c3', 'c1', 'c2']);
  });

  it('keeps what waits for its opening, and what contradicts what was decided, by themselves', async () => {
    await keep('c1', { kind: 'answered', actor: 'carl' });
    await keep('c2', opening);
    await keep('c2', { kind: 'decided', outcome: 'upheld', actor: 'carl' }, 1);
    await keep('c2', { kind: 'decided', outcome: 'rejected', actor: 'carl' }, 2);
    expect(await listed('complaint_waiting')).toEqual(['c1']);
    expect(await listed('complaint_refused')).toEqual(['c2']);
    expect(await listed('complaint')).toEqual([]);
  });
});

describe('notes of what falls due', () => {
  const dueAt = async (hour: number) => {
    const notes: CaseNote[] = [];
    for await (const page of due.due(START + hour * HOUR_MS)) notes.push(...page);
    return notes.map(({ id }) => id).sort();
  };
  const note = (id: string, hour: number, version = 1) => ({
    id,
    version,
    dueMs: START + hour * HOUR_MS,
  });

  it('are met from their very instant on, until they are done', async () => {
    await due.note(note('c1', 0));
    await due.note(note('c#2', 0.5));
    await due.note(note('c3', 3));
    expect(await dueAt(-0.001)).toEqual([]);
    expect(await dueAt(0)).toEqual(['c1']);
    expect(await dueAt(0.5)).toEqual(['c#2', 'c1']);
    await due.done(note('c1', 0));
    expect(await dueAt(4)).toEqual(['c#2', 'c3']);
  });

  it('stay where they have been written anew since they were read', async () => {
    await due.note(note('c1', 0));
    await due.note(note('c1', 0, 2));
    await due.done(note('c1', 0, 1));
    expect(await dueAt(0)).toEqual(['c1']);
    await due.note(note('c1', 0.1, 2));
    await due.done(note('c1', 0, 2));
    expect(await dueAt(1)).toEqual(['c1']);
    await due.done(note('c1', 0.1, 2));
    await due.done(note('c1', 0.1, 2));
    expect(await dueAt(1)).toEqual([]);
  });

  it('are all met, however many there are', async () => {
    const ids = Array.from({ length: 450 }, (_, n) => `c${n}`);
    await Promise.all(ids.map((id) => due.note(note(id, 0))));
    expect(await dueAt(0)).toEqual(ids.sort());
  });

  it('are made of changes that change what is due, and of no others', async () => {
    await keep('c1', opening);
    const before = await itemOf('c1');
    await keep('c1', { kind: 'investigating', actor: 'carl' }, 1);
    const after = await itemOf('c1');
    if (before === undefined || after === undefined) throw new Error('No item');
    const noted: CaseNote[] = [];
    const remember = { note: async (it: CaseNote) => void noted.push(it) };
    await noteComplaintDue([{ after: before }, { before, after }, { before: after }], remember);
    expect(noted).toEqual([note('c1', 24)]);
  });
});
