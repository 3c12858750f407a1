import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AttributeType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { App, Stack, Validations } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks } from 'cdk-nag';
import { afterAll, describe, expect, test } from 'vitest';
import { synthesise } from '../../infra/app.ts';
import { stageNames } from '../../infra/config.ts';
import { HouseRules } from '../../infra/stacks/house-rules.ts';

const workshop = mkdtempSync(join(tmpdir(), 'rapport-nag-'));
afterAll(() => rmSync(workshop, { recursive: true }));

describe.each(stageNames)('the stage %s', (stage) => {
  test('passes cdk-nag, and every acknowledged finding says why in a sentence', { timeout: 300_000 }, async () => {
    const { stacks } = await synthesise({ stage, bundle: false, check: true, outdir: join(workshop, stage) });
    type Noted = { Metadata?: { cdk_nag?: { rules_to_suppress: { id: string; reason: string }[] } } };
    const acknowledged = stacks
      .flatMap(({ template }) => Object.values((template as { Resources: Record<string, Noted> }).Resources))
      .flatMap(({ Metadata }) => Metadata?.cdk_nag?.rules_to_suppress ?? []);
    expect([...new Set(acknowledged.map(({ id }) => id.replace(/\[.*/, '')))].sort()).toEqual([
      'AwsSolutions-APIG4',
      'AwsSolutions-DDB3',
      'AwsSolutions-IAM5',
      'AwsSolutions-S1',
      'AwsSolutions-SQS3',
    ]);
    for (const { reason } of acknowledged) expect(reason).toMatch(/^\S.{40,}\.$/);
  });
});

/** A stack with something wrong in it, synthesised as the app is. */
function synthesiseWith(wrong: (stack: Stack) => void): () => void {
  const app = new App({
    outdir: mkdtempSync(join(workshop, 'wrong-')),
    analyticsReporting: false,
    treeMetadata: false,
    builtinCloudFormationValidation: false,
    context: { '@aws-cdk/core:appMode': 'inmemory' },
  });
  wrong(new Stack(app, 'wrong'));
  Validations.of(app).addPlugins(new HouseRules({ production: true, canary: true }), new AwsSolutionsChecks(app));
  return () => app.synth();
}

const wrongs: [what: string, wrong: (stack: Stack) => void, finds: RegExp[]][] = [
  [
    'a table that cannot be restored',
    (stack) => void new Table(stack, 'Table', { partitionKey: { name: 'pk', type: AttributeType.STRING } }),
    [/AwsSolutions-DDB3/, /table-recovers/, /data-outlives-its-stack/],
  ],
  [
    'a queue that drops what it cannot deliver',
    (stack) => void new Queue(stack, 'Queue'),
    [/AwsSolutions-SQS3/, /AwsSolutions-SQS4/, /queue-has-dead-letters/, /queue-is-private/],
  ],
  [
    'a role that may do anything',
    (stack) => {
      new Role(stack, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') }).addToPolicy(
        new PolicyStatement({ actions: ['dynamodb:*'], resources: ['*'] }),
      );
    },
    [/AwsSolutions-IAM5\[Resource::\*\]/, /grant-names-what-it-gives/],
  ],
];

test.each(wrongs)('a synthesis fails on %s', (_what, wrong, finds) => {
  for (const find of finds) expect(synthesiseWith(wrong)).toThrow(find);
});
