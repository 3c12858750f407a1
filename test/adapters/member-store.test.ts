import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type MemberStore, memberStore } from '../../shared/adapters/dynamo/member-store.ts';
import { WriteConflict } from '../../shared/adapters/dynamo/profile-records.ts';
import { profileStore } from '../../shared/adapters/dynamo/profile-store.ts';
import type { Person, Registration } from '../../shared/domain/member/registration.ts';
import { book } from '../support/book.ts';
import { type Dynoxide, startDynoxide } from '../support/dynoxide.ts';
import { eraseKey, type TestVault, testVault } from '../support/open-vault.ts';
import { scanTable } from '../support/profile-table.ts';
import { placed } from '../support/shop-story.ts';
import { tableText } from '../support/table-text.ts';

let dynoxide: Dynoxide;
let table: string;
let vaultTable: string;
let vault: TestVault;
let members: MemberStore;

beforeAll(async () => {
  dynoxide = await startDynoxide();
});
afterAll(() => dynoxide.stop());
beforeEach(async () => {
  ({ profile: table, vault: vaultTable } = await dynoxide.createTables());
  vault = testVault(dynoxide.client, vaultTable);
  members = memberStore(dynoxide.client, table, vault);
});

const said = <Value>(value: Value) => ({ value, atMs: 1, eventId: 'e1' });
const registration = (version = 1, channel = 'web'): Registration => ({
  memberId: 'ann',
  version,
  registeredAtMs: 1,
  heardAtMs: 1,
  channel: said(channel),
});
const person = (version = 1, name = 'Ada'): Person => ({ memberId: 'ann', version, displayName: said(name) });
const all = ['account', 'registration', 'person'] as const;

describe('what is known of a member', () => {
  it('is read as it was written, whichever of it there is', async () => {
    expect(await members.load('ann', all, true)).toEqual({});
    await members.save({ registration: registration() });
    expect(await members.load('ann', all, true)).toEqual({ registration: registration() });
    await members.save({ person: person() });
    await book(profileStore(dynoxide.client, table), [placed('2026-01-05')]);
    const known = await members.load('ann', all, false);
    expect(known).toMatchObject({ registration: registration(), person: person() });
    expect(known.account).toMatchObject({ memberId: 'ann', version: 1, account: { openPoints: 100 } });
    expect(await members.load('ann', ['person'], true)).toEqual({ person: person() });
    expect(await members.load('bob', all, true)).toEqual({});
  });

  it('stands in two tables: the name of a person in the vault, sealed, apart from what names nobody', async () => {
    await members.save({ registration: registration(), person: person() });
    const keys = async (of: string) => (await scanTable(dynoxide.endpoint, of)).map(({ sk }) => sk?.S).sort();
    expect(await keys(table)).toEqual(['REGISTRATION']);
    expect(await keys(vaultTable)).toEqual(['KEY', 'PERSON']);
    for (const of of [table, vaultTable]) expect(await tableText(dynoxide.endpoint, of)).not.toContain('Ada');
  });

  it('of somebody who has been erased is what names nobody, and no person is written any more', async () => {
    await members.save({ registration: registration(), person: person() });
    await eraseKey(dynoxide.client, vaultTable, 'MEMBER#ann');
    expect(await members.load('ann', all, true)).toEqual({ registration: registration() });
    const before = await scanTable(dynoxide.endpoint, vaultTable);
    await members.save({ registration: registration(2), person: person(2, 'Eve') });
    expect(await members.load('ann', all, true)).toEqual({ registration: registration(2) });
    expect(await scanTable(dynoxide.endpoint, vaultTable)).toEqual(before);
  });

  it('is written by nothing where nothing has changed', async () => {
    await members.save({});
    expect(await members.load('ann', all, true)).toEqual({});
  });
});

describe('a record that has changed since it was read', () => {
  it.each([
    { what: 'a registration', first: { registration: registration() }, lost: { registration: registration(1, 'app') } },
    { what: 'a person', first: { person: person() }, lost: { person: person(1, 'Eve') } },
    {
      what: 'a registration gone on',
      first: { registration: registration() },
      lost: { registration: registration(3) },
    },
    { what: 'one that is not there any more', first: {}, lost: { person: person(2) } },
  ])('is not written over: $what', async ({ first, lost }) => {
    await members.save(first);
    await expect(members.save(lost)).rejects.toThrow(WriteConflict);
    expect(await members.load('ann', all, true)).toEqual(first);
  });

  it('keeps the other one of a decision from being written too', async () => {
    await members.save({ person: person() });
    const both = { registration: registration(), person: person(1, 'Eve') };
    await expect(members.save(both)).rejects.toThrow(WriteConflict);
    expect(await members.load('ann', all, true)).toEqual({ person: person() });
  });
});
