import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { besideFact, wordsOf } from '../../functions/sanction/words-of.ts';
import { batchGet } from '../../shared/adapters/dynamo/batch-get.ts';
import type { CaseNote, CaseNotes } from '../../shared/adapters/dynamo/case-notes.ts';
import { sanctionKeys } from '../../shared/adapters/dynamo/keys.ts';
import { WriteConflict } from '../../shared/adapters/dynamo/profile-records.ts';
import { noteSanctionDue, sanctionDueStore } from '../../shared/adapters/dynamo/sanction-due-store.ts';
import { type SanctionStore, sanctionOf, sanctionStore } from '../../shared/adapters/dynamo/sanction-store.ts';
import type { WordsStore } from '../../shared/adapters/vault/words.ts';
import { noRestrictions } from '../../shared/domain/sanction/restrictions.ts';
import { newSanction, type SanctionRecord } from '../../shared/domain/sanction/sanction.ts';
import { markDue } from '../../shared/domain/sanction/sanction-due.ts';
import { answer, commanded, days, notice, restrict } from '../domain/sanction/case-builder.ts';
import { type Dynoxide, startDynoxide } from '../support/dynoxide.ts';
import { testVault } from '../support/open-vault.ts';
import { scanTable } from '../support/profile-table.ts';
import { readable } from '../support/table-text.ts';

let dynoxide: Dynoxide;
let table: string;
let vaultTable: string;
let words: WordsStore;
let sanctions: SanctionStore;
let due: CaseNotes;

beforeAll(async () => {
  dynoxide = await startDynoxide();
});
beforeEach(async () => {
  // Keys, index and stream are those of the Reputation table.
  ({ profile: table, vault: vaultTable } = await dynoxide.createTables());
  ({ words } = testVault(dynoxide.client, vaultTable));
  sanctions = sanctionStore(dynoxide.client, table);
  due = sanctionDueStore(dynoxide.client, table);
});
afterAll(() => dynoxide.stop());

const noticed = commanded([0, notice]);
const heard = commanded([0, notice], [1, answer]);
const restricted = commanded([0, notice], [1, answer], [2, restrict]);
const target = { brandId: 'hearth' };
const withRestrictions = { restrictions: { target, after: restricted.restrictions } };

async function itemOf(sanctionId: string) {
  const [item] = await batchGet(dynoxide.client, table, [sanctionKeys.sanction(sanctionId)], { consistent: true });
  return item;
}

/** A case that has come to its restriction, of which nothing is written but what the last step writes. */
async function keepHeard(): Promise<void> {
  await sanctions.save(noticed.record);
  await sanctions.save(heard.record);
}

describe('a case', () => {
  it('is read as it was written, with its words in the vault', async () => {
    const [fact] = noticed.record.facts;
    if (fact === undefined) throw new Error('There is no notice.');
    const beside = await besideFact('san-1', { fact, words: { text: notice.text } }, words);
    await sanctions.save(noticed.record, { beside });
    expect(await sanctions.load('san-1')).toEqual(noticed.record);
    expect(await wordsOf(noticed.record, words)).toEqual(new Map([[fact.eventId, { text: notice.text }]]));
    const items = await scanTable(dynoxide.endpoint, table);
    expect(items.map(({ sk }) => sk?.S)).toEqual(['SANCTION']);
    const inVault = await scanTable(dynoxide.endpoint, vaultTable);
    expect(inVault.map(({ pk, sk }) => `${pk?.S} ${sk?.S}`).sort()).toEqual([
      'SANCTION#san-1 KEY',
      `SANCTION#san-1 WORDS#${fact.eventId}`,
    ]);
    expect(readable([noticed.record, items, inVault])).not.toContain(notice.text);
    expect(sanctionOf({ sk: { S: 'RESTRICTIONS' } })).toBeUndefined();
  });

  it('is a new one where there is none', async () => {
    expect(await sanctions.load('none')).toEqual(newSanction('none'));
  });

  it('is written by one of two who have read it', async () => {
    await sanctions.save(noticed.record);
    await expect(sanctions.save(noticed.record)).rejects.toThrow(WriteConflict);
    const both = await Promise.allSettled([sanctions.save(heard.record), sanctions.save(heard.record)]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('is written with what it restricts somebody in, or not at all', async () => {
    await keepHeard();
    expect(await sanctions.restrictionsOf(target)).toEqual(noRestrictions);
    await sanctions.save(restricted.record, withRestrictions);
    expect(await sanctions.restrictionsOf(target)).toEqual(restricted.restrictions);
    expect(await sanctions.restrictionsOf({ supplierId: 'hearth' })).toEqual(noRestrictions);
    // Another case of the same brand has been decided meanwhile.
    const other: SanctionRecord = { ...noticed.record, sanctionId: 'san-2' };
    await expect(sanctions.save(other, withRestrictions)).rejects.toThrow(WriteConflict);
    expect(await sanctions.load('san-2')).toEqual(newSanction('san-2'));
  });

  it('shows the desk what is to be done', async () => {
    const listed = async (state: 'sanction' | 'sanction_restricted', until: number) => {
      const found = await sanctions.loadAttention({ state, until: new Date(until).toISOString(), limit: 10 });
      return found.sanctions.map(({ sanctionId }) => sanctionId);
    };
    await sanctions.save(noticed.record);
    expect([await listed('sanction', days(6)), await listed('sanction', days(7))]).toEqual([[], ['san-1']]);
    await sanctions.save(heard.record);
    await sanctions.save(restricted.record, withRestrictions);
    expect(await listed('sanction', days(99))).toEqual([]);
    expect(await listed('sanction_restricted', days(40))).toEqual(['san-1']);
    const over = markDue(restricted.record, days(40));
    if (over === undefined) throw new Error('Nothing has fallen due.');
    await sanctions.save(over);
    expect(await listed('sanction_restricted', days(99))).toEqual([]);
  });
});

describe('notes of what falls due', () => {
  const note = (id: string, day: number, version = 1): CaseNote => ({
    id,
    version,
    dueMs: days(day),
  });
  async function dueAt(day: number): Promise<string[]> {
    const found: string[] = [];
    for await (const page of due.due(days(day))) found.push(...page.map(({ id }) => id));
    return found.sort();
  }

  it('are found from their instant on, until they are done', async () => {
    for (const it of [note('s1', 7), note('s:2', 7.01), note('s3', 40)]) await due.note(it);
    expect(await dueAt(6.999)).toEqual([]);
    expect(await dueAt(7)).toEqual(['s1']);
    expect(await dueAt(8)).toEqual(['s1', 's:2']);
    await due.done(note('s1', 7));
    await due.done(note('s1', 7));
    expect(await dueAt(50)).toEqual(['s3', 's:2']);
  });

  it('stay where they have been written anew since they were read', async () => {
    await due.note(note('s1', 7));
    await due.note(note('s1', 7, 2));
    await due.done(note('s1', 7));
    expect(await dueAt(8)).toEqual(['s1']);
  });

  it('are all met, however many there are', async () => {
    const ids = Array.from({ length: 250 }, (_, index) => `s${index}`);
    await Promise.all(ids.map((id) => due.note(note(id, 0))));
    expect(await dueAt(0)).toEqual(ids.sort());
  });

  it('are made of changes that change what is due, and of no others', async () => {
    await sanctions.save(noticed.record);
    const before = await itemOf('san-1');
    await sanctions.save(heard.record);
    const between = await itemOf('san-1');
    await sanctions.save(restricted.record, withRestrictions);
    const after = await itemOf('san-1');
    if (before === undefined || between === undefined || after === undefined) throw new Error('There is no item.');
    const noted: CaseNote[] = [];
    const changes = [
      { after: before },
      { before, after: between },
      { before: between, after },
      { before: after, after },
      { before: after },
    ];
    await noteSanctionDue(changes, { note: async (it) => void noted.push(it) });
    expect(noted).toEqual([note('san-1', 7), note('san-1', 40, 3)]);
  });
});
