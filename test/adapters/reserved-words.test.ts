import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { reservedNamesIn, reservedWords } from '../support/dynamo-reserved-words.ts';

const files = ['shared', 'functions', 'infra']
  .flatMap((place) => readdirSync(place, { recursive: true, withFileTypes: true }))
  .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
  .map((entry) => join(entry.parentPath, entry.name));

test('no expression names an attribute by a word that DynamoDB keeps for itself', () => {
  const found = files.flatMap((file) => reservedNamesIn(readFileSync(file, 'utf8')).map((word) => `${file}: ${word}`));
  expect(files.length).toBeGreaterThan(100);
  expect(found).toEqual([]);
});

test.each([
  ["ConditionExpression: 'attribute_exists(wrapped)'", ['wrapped']],
  ["UpdateExpression: 'SET state = :state, helpful = :h REMOVE ttl'", ['state', 'ttl']],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a source file that has one.
  ["KeyConditionExpression: `year = :y${more ? ' AND name = :n' : ''}`", ['year', 'name']],
  ["ConditionExpression: 'attribute_not_exists(pk) OR #state = :state AND size(lots) < :most'", []],
  ["description: 'the state of an order'", []],
])('%s', (source, names) => {
  expect(reservedNamesIn(source)).toEqual(names);
});

test('the list is whole', () => {
  expect(reservedWords.size).toBe(573);
  for (const word of ['STATE', 'STATUS', 'TTL', 'VALUES', 'WRAPPED', 'YEAR', 'ZONE'])
    expect(reservedWords).toContain(word);
});
