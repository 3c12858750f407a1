import { describe, expect, test } from 'vitest';
import { stageNames, stages } from '../../infra/config.ts';
import type { Resource } from '../../infra/stacks/template.ts';
import { stacksOf, type WrittenStack } from './stage-templates.ts';

/** CloudFormation takes 500 to a stack; below that there has to be room for what a hurried day adds. */
const MAX_RESOURCES = 450;

const written = await Promise.all(stageNames.map(async (stage) => [stage, await stacksOf(stage)] as const));

describe.each(written)('the stacks of %s', (stage, stacks) => {
  test.each(stacks.map((it) => [it.name, countOf(it)] as const))('%s has %d resources', (_name, count) => {
    expect(count).toBeGreaterThan(0);
    expect(count).toBeLessThanOrEqual(MAX_RESOURCES);
  });

  test('call no two resources the same: who reads them together tells them apart', () => {
    const ids = stacks.flatMap(({ template }) => Object.keys(template.Resources));
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });

  test('are one with all that is kept, and others that can be thrown away at any time', () => {
    const holding = stacks.filter(({ template }) => typesIn(template.Resources).some((it) => kept.includes(it)));
    expect(holding.map(({ name }) => name)).toEqual([`rapport-${stage}-stateful`]);
    const running = stacks.filter(({ template }) => typesIn(template.Resources).includes('AWS::Lambda::Function'));
    expect(running.map(({ name }) => name)).not.toContain(`rapport-${stage}-stateful`);
    const locked = stacks.filter(({ terminationProtection }) => terminationProtection).map(({ name }) => name);
    expect(locked).toEqual(stages[stage].removal === 'retain' ? [`rapport-${stage}-stateful`] : []);
  });
});

/** What a shop cannot get back from anywhere. */
const kept = [
  'AWS::DynamoDB::Table',
  'AWS::Events::Archive',
  'AWS::Events::EventBus',
  'AWS::KMS::Key',
  'AWS::S3::Bucket',
];

describe('a stage that is removed', () => {
  const remaining = (stage: string): Record<string, number> => {
    const [, stacks = []] = written.find(([name]) => name === stage) ?? [];
    const left = stacks.flatMap(({ template }) =>
      Object.values(template.Resources).filter(({ DeletionPolicy = 'Delete' }) => DeletionPolicy !== 'Delete'),
    );
    return Object.fromEntries(
      [...Map.groupBy(left, ({ Type }) => Type)].map(([type, all]) => [type, all.length] as const).sort(),
    );
  };

  test('leaves nothing behind where nothing is to be kept', () => {
    expect(stageNames.filter((stage) => stages[stage].removal === 'destroy')).toEqual(['dev', 'staging']);
    expect(remaining('dev')).toEqual({});
    expect(remaining('staging')).toEqual({});
  });

  test('leaves all data and all logs behind in production, whichever of its stacks goes', () => {
    const all = allIn('prod');
    const left = remaining('prod');
    expect(Object.keys(left)).toEqual(
      [...kept, 'AWS::Lambda::Version', 'AWS::Logs::LogGroup', 'AWS::S3::BucketPolicy'].sort(),
    );
    for (const type of [...kept, 'AWS::Logs::LogGroup']) {
      expect({ [type]: left[type] }).toEqual({ [type]: all.filter(({ Type }) => Type === type).length });
    }
  });

  test('leaves logs that a later deployment takes up again, by the names that stand in its template', () => {
    for (const { Properties } of allIn('prod').filter(({ Type }) => Type === 'AWS::Logs::LogGroup')) {
      expect(Properties?.LogGroupName).toMatch(/^\/rapport\/prod\/[a-z-]+$/);
    }
  });

  test('keeps what replaces it from taking the data along', () => {
    for (const resource of allIn('prod').filter(({ Type }) => kept.includes(Type))) {
      expect(resource.UpdateReplacePolicy).toBe('Retain');
    }
  });
});

function allIn(stage: string): Resource[] {
  const [, stacks = []] = written.find(([name]) => name === stage) ?? [];
  return stacks.flatMap(({ template }) => Object.values(template.Resources));
}

function countOf({ template }: WrittenStack): number {
  return Object.keys(template.Resources).length;
}

function typesIn(resources: Readonly<Record<string, Resource>>): string[] {
  return Object.values(resources).map(({ Type }) => Type);
}
