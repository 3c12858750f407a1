import { describe, expect, it } from 'vitest';
import { compilePattern } from '../../infra/local/wiring/event-pattern.ts';

const event = {
  source: 'rapport.order',
  'detail-type': 'order.placed.v1',
  resources: ['one', 'two'],
  detail: { data: { currency: 'GBP', guest: false, note: null, total: 5, none: [] } },
};

describe('event patterns', () => {
  it.each([
    ['an exact value', { source: ['rapport.order'] }, true],
    ['one of several values', { source: ['rapport.member', 'rapport.order'] }, true],
    ['another value', { source: ['rapport.member'] }, false],
    ['every field has to match', { source: ['rapport.order'], 'detail-type': ['order.returned.v1'] }, false],
    ['a prefix', { source: [{ prefix: 'rapport.' }] }, true],
    ['another prefix', { source: [{ prefix: 'aws.' }] }, false],
    ['a nested field', { detail: { data: { currency: ['GBP'] } } }, true],
    ['false, null and numbers', { detail: { data: { guest: [false], note: [null], total: [5] } } }, true],
    ['a number is no text', { detail: { data: { total: ['5'] } } }, false],
    ['one element of a list in the event', { resources: ['two'] }, true],
    ['a field that the event lacks', { detail: { other: ['x'] } }, false],
    ['a field that is there', { detail: { data: { currency: [{ exists: true }] } } }, true],
    ['a field that is there and says false', { detail: { data: { guest: [{ exists: true }] } } }, true],
    ['a field that is there and says null', { detail: { data: { note: [{ exists: true }] } } }, true],
    ['a list with something in it', { resources: [{ exists: true }] }, true],
    ['a list with nothing in it', { detail: { data: { none: [{ exists: true }] } } }, false],
    ['an object, which is no leaf', { detail: { data: [{ exists: true }] } }, false],
    ['a field that is not there', { detail: { data: { other: [{ exists: true }] } } }, false],
    ['that a field is not there', { detail: { data: { other: [{ exists: false }] } } }, true],
    ['that a list is not there which has nothing in it', { detail: { data: { none: [{ exists: false }] } } }, true],
    ['that something is not there which is', { detail: { data: { note: [{ exists: false }] } } }, false],
    ['that a list is not there which has something in it', { resources: [{ exists: false }] }, false],
  ])('%s', (_name, pattern, expected) => {
    expect(compilePattern(pattern, 'rule')(event)).toBe(expected);
  });

  it.each([
    ['an operator that is not modelled', { source: [{ 'anything-but': 'x' }] }],
    ['numeric comparison', { detail: { total: [{ numeric: ['>', 1] }] } }],
    ['a prefix with options', { source: [{ prefix: { 'equals-ignore-case': 'x' } }] }],
    ['two operators in one', { source: [{ prefix: 'a', suffix: 'b' }] }],
    ['$or', { $or: [{ source: ['a'] }] }],
    ['a bare value', { source: 'rapport.order' }],
    ['an empty list', { source: [] }],
    ['an empty pattern', {}],
    ['no pattern', undefined],
  ])('refuses %s', (_name, pattern) => {
    expect(() => compilePattern(pattern, 'my-rule')).toThrow(/my-rule/);
  });
});
