import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type DueStore, dueStore } from '../../shared/adapters/dynamo/due-store.ts';
import { type Dynoxide, startDynoxide } from '../support/dynoxide.ts';

let dynoxide: Dynoxide;
let due: DueStore;
beforeAll(async () => {
  dynoxide = await startDynoxide();
});
beforeEach(async () => {
  due = dueStore(dynoxide.client, (await dynoxide.createTables()).profile);
});
afterAll(() => dynoxide.stop());

const at = (time: string) => Date.parse(`2026-01-05T${time}Z`);
const members = async (time: string) => (await due.due(at(time), 100)).map(({ memberId }) => memberId);

it('a member is looked at once the hour is over in which something falls due', async () => {
  await due.note('ann', 1, at('10:20:00'));
  await due.note('bob', 1, at('11:00:00'));
  expect(await members('10:59:59')).toEqual([]);
  expect((await members('11:00:00')).sort()).toEqual(['ann', 'bob']);
});

it('the same note twice is one, and a note that is done is gone', async () => {
  await due.note('ann', 1, at('10:20:00'));
  await due.note('ann', 1, at('10:40:00'));
  const [note, ...more] = await due.due(at('23:00:00'), 100);
  expect(more).toEqual([]);
  if (note !== undefined) await due.done(note);
  expect(await members('23:00:00')).toEqual([]);
});

it('a note that was written anew since it was read stays', async () => {
  await due.note('ann', 1, at('10:20:00'));
  const [note] = await due.due(at('23:00:00'), 100);
  await due.note('ann', 2, at('10:30:00'));
  if (note !== undefined) await due.done(note);
  expect(await members('23:00:00')).toEqual(['ann']);
});

it('a note that somebody else has done is no error', async () => {
  await due.note('ann', 1, at('10:20:00'));
  const [note] = await due.due(at('23:00:00'), 100);
  if (note === undefined) throw new Error('no note');
  await due.done(note);
  await due.done(note);
  expect(await members('23:00:00')).toEqual([]);
});

it('the oldest come first, over all members, and ids with any character are read back', async () => {
  const ids = Array.from({ length: 40 }, (_, n) => `m:${n}.~_-`.replace('~', 'x'));
  for (const [n, id] of ids.entries()) await due.note(id, 1, at(`${String(n % 9).padStart(2, '0')}:30:00`));
  const found = await due.due(at('23:00:00'), 100);
  expect(found.map(({ hour }) => hour)).toEqual(found.map(({ hour }) => hour).toSorted());
  expect(found.map(({ memberId }) => memberId).toSorted()).toEqual(ids.toSorted());
});

it('a note is taken away by its instant, whoever wrote it last', async () => {
  await due.note('ann', 1, at('10:20:00'));
  await due.note('ann', 7, at('10:30:00'));
  await due.forget('ann', at('10:40:00'));
  expect(await members('23:00:00')).toEqual([]);
  await due.forget('nobody', at('10:40:00'));
});
