import { expect, test } from 'vitest';
import { changesOf, summaryOf, toApprove } from '../../infra/deploy/changes.ts';
import type { Resource, Template } from '../../infra/stacks/template.ts';
import { templatesOf } from './stage-templates.ts';

const [stateful, stateless] = await templatesOf('dev');

const table: Resource = { Type: 'AWS::DynamoDB::Table', Properties: { TableName: 't' }, DeletionPolicy: 'Retain' };
const role: Resource = { Type: 'AWS::IAM::Role', Properties: { Policies: [] } };
const fn: Resource = { Type: 'AWS::Lambda::Function', Properties: { Code: { S3Key: 'a' }, Timeout: 3 } };
const template = (Resources: Template['Resources']): Template => ({ Resources });

test('the same template is no change, whatever the order of its keys and whatever its metadata', () => {
  const before = template({ T: table, F: { ...fn, Metadata: { 'rapport:entry': 'old.ts' } } });
  const after = template({ F: { ...fn, Properties: { Timeout: 3, Code: { S3Key: 'a' } } }, T: table });
  expect(changesOf('s', before, after)).toEqual([]);
});

test('the order of a list is a change', () => {
  const before = template({ F: { Type: 'AWS::Events::Rule', Properties: { Targets: [1, 2] } } });
  const after = template({ F: { Type: 'AWS::Events::Rule', Properties: { Targets: [2, 1] } } });
  expect(changesOf('s', before, after)).toHaveLength(1);
});

test('new code asks nobody', () => {
  const after = template({ F: { ...fn, Properties: { ...fn.Properties, Code: { S3Key: 'b' } } } });
  const changes = changesOf('s', template({ F: fn }), after);
  expect(changes).toEqual([{ stack: 's', id: 'F', type: fn.Type, what: 'changes', concerns: 'rest' }]);
  expect(toApprove(changes)).toEqual([]);
});

test.each<[string, Template['Resources'], Template['Resources'], string[]]>([
  ['a role that is added', {}, { R: role }, ['adds access']],
  ['a role that changes', { R: role }, { R: { ...role, Properties: { Policies: [1] } } }, ['changes access']],
  ['a policy that goes', { P: { Type: 'AWS::SQS::QueuePolicy' } }, {}, ['removes access']],
  ['a route that changes', { R: { Type: 'AWS::ApiGatewayV2::Route' } }, {}, ['removes access']],
  ['a permission', {}, { P: { Type: 'AWS::Lambda::Permission' } }, ['adds access']],
  ['a new table', {}, { T: table }, []],
  ['a table that changes', { T: table }, { T: { ...table, Properties: { TableName: 'u' } } }, ['changes data']],
  ['a table that goes', { T: table }, {}, ['removes data']],
  ['a table that is kept no longer', { T: table }, { T: { ...table, DeletionPolicy: 'Delete' } }, ['changes data']],
  ['a key that goes', { K: { Type: 'AWS::KMS::Key' } }, {}, ['removes data']],
  ['a queue that goes', { Q: { Type: 'AWS::SQS::Queue' } }, {}, []],
])('%s is put to a person or not', (_what, before, after, asked) => {
  const changes = toApprove(changesOf('s', template(before), template(after)));
  expect(changes.map(({ what, concerns }) => `${what} ${concerns}`)).toEqual(asked);
});

test('a stage that is not there yet is all additions, and its roles are put to a person', () => {
  const first = changesOf('s', undefined, stateless!);
  expect(first.length).toBe(Object.keys(stateless!.Resources).length);
  expect(new Set(first.map(({ what }) => what))).toEqual(new Set(['adds']));
  expect(toApprove(first).some(({ type }) => type === 'AWS::IAM::Role')).toBe(true);
  expect(changesOf('s', stateful, stateful!)).toEqual([]);
});

test('changes are told by kind and number', () => {
  const after = template({ R: role, S: role, F: fn });
  expect(summaryOf(changesOf('s', template({ T: table }), after))).toEqual([
    'adds 2 AWS::IAM::Role (access)',
    'adds 1 AWS::Lambda::Function',
    'removes 1 AWS::DynamoDB::Table (data)',
  ]);
});
