import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type MemberStore, memberStore } from '../../shared/adapters/dynamo/member-store.ts';
import { WriteConflict } from '../../shared/adapters/dynamo/profile-records.ts';
import { profileStore } from '../../shared/adapters/dynamo/profile-store.ts';
import type { Person, Registration } from '../../shared/domain/member/registration.ts';
import { book } from '../support/book.ts';
import { type Dynoxide, startDynoxide } from '../support/dynoxide.ts';
import { placed } from '../support/shop-story.ts';

let dynoxide: Dynoxide;
let table: string;
let members: MemberStore;

beforeAll(async () => {
  dynoxide = await startDynoxide();
});
afterAll(() => dynoxide.stop());
beforeEach(async () => {
  table = (await dynoxide.createTables()).profile;
  members = memberStore(dynoxide.client, table);
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

  it('stands in items of its own: the one with the name of a person apart from the one without', async () => {
    await members.save({ registration: registration(), person: person() });
    const { Items = [] } = await dynoxide.client.send(new ScanCommand({ TableName: table }));
    expect(Items.map(({ pk, sk }) => [pk?.S, sk?.S]).sort()).toEqual([
      ['MEMBER#ann', 'PERSON'],
      ['MEMBER#ann', 'REGISTRATION'],
    ]);
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
