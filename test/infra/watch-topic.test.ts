import { Key } from 'aws-cdk-lib/aws-kms';
import { App, Stack } from 'aws-cdk-lib/core';
import { expect, test } from 'vitest';
import { stageNames, stages } from '../../infra/config.ts';
import { AlarmTopic } from '../../infra/constructs/topic.ts';
import {
  at,
  property,
  type Resource,
  StageTemplates,
  statementsOf,
  type Template,
} from '../../infra/stacks/template.ts';
import { templatesOf } from './stage-templates.ts';

const config = stages.prod;

function resourcesWith(subscribers: readonly string[]): Resource[] {
  const app = new App({ analyticsReporting: false, treeMetadata: false });
  const stack = new Stack(app, 'topics');
  new AlarmTopic(stack, 'Alarms', { ...config, watch: { ...config.watch, subscribers } }, new Key(stack, 'Key'));
  const { Resources } = app.synth().getStackByName('topics').template as Template;
  return Object.values(Resources);
}

test.each(stageNames)('%s has one topic for alarms, which its stateful stack names', async (name) => {
  const templates = await templatesOf(name);
  const stage = new StageTemplates(templates);
  const topics = stage.ofType('AWS::SNS::Topic');
  expect(topics.map(([, topic]) => property(topic, 'TopicName'))).toEqual([`rapport-${name}-alarms`]);
  expect(templates[0]?.Outputs?.AlarmTopicArn?.Value).toEqual({ Ref: topics[0]?.[0] });
});

test('alarms of the account, and nobody else, may publish and use the key for it', async () => {
  const stage = new StageTemplates(await templatesOf('prod'));
  const [[, policy]] = stage.ofType('AWS::SNS::TopicPolicy') as [[string, Resource]];
  const [[, key]] = stage.ofType('AWS::KMS::Key') as [[string, Resource]];
  const allowed = statementsOf(property(policy, 'PolicyDocument')).filter(({ Effect }) => Effect === 'Allow');
  expect(allowed).toMatchObject([{ Action: 'sns:Publish', Principal: { Service: 'cloudwatch.amazonaws.com' } }]);
  const onKey = statementsOf(property(key, 'KeyPolicy')).filter(
    ({ Principal }) => at(Principal, 'Service') === 'cloudwatch.amazonaws.com',
  );
  expect(onKey).toMatchObject([{ Effect: 'Allow', Action: ['kms:Decrypt', 'kms:GenerateDataKey'] }]);
  for (const { Condition } of [...allowed, ...onKey]) {
    expect(at(Condition, 'StringEquals', 'aws:SourceAccount')).toEqual({ Ref: 'AWS::AccountId' });
  }
});

test('whom the configuration names is told', () => {
  const told = resourcesWith(['on-call@shop.example', 'https://pager.example/rapport'])
    .filter(({ Type }) => Type === 'AWS::SNS::Subscription')
    .map((it) => [property(it, 'Protocol'), property(it, 'Endpoint')]);
  expect(told).toEqual([
    ['email', 'on-call@shop.example'],
    ['https', 'https://pager.example/rapport'],
  ]);
});

test.each(['http://pager.example/', 'nobody', 'a@b@c', ''])('"%s" is nobody to tell', (subscriber) => {
  expect(() => resourcesWith([subscriber])).toThrow(/an e-mail address or an https URL/);
});
