import { describe, expect, it } from 'vitest';
import { stageNames } from '../../infra/config.ts';
import { letterBoxesOf } from '../../infra/repair/letter-boxes.ts';
import { at, listOf, property, type Resource, StageTemplates } from '../../infra/stacks/template.ts';
import { templatesOf } from './stage-templates.ts';

/** What may leave something in a queue of its own because nobody took it. */
const ends: Readonly<Record<string, (resource: Resource) => unknown[]>> = {
  'AWS::SQS::Queue': (queue) => [property(queue, 'RedrivePolicy', 'deadLetterTargetArn')],
  'AWS::Events::Rule': (rule) => listOf(property(rule, 'Targets')).map((it) => at(it, 'DeadLetterConfig', 'Arn')),
  'AWS::Events::EventBus': (bus) => [property(bus, 'DeadLetterConfig', 'Arn')],
  'AWS::Lambda::EventSourceMapping': (mapping) => [property(mapping, 'DestinationConfig', 'OnFailure', 'Destination')],
};

describe.each(stageNames)('the dead letters of %s', (stage) => {
  it('are looked for in every queue in which something may end', async () => {
    const templates = new StageTemplates(await templatesOf(stage));
    const queues = Object.entries(ends).flatMap(([type, endsOf]) =>
      templates.ofType(type).flatMap(([, resource]) =>
        endsOf(resource)
          .filter((end) => end !== undefined)
          .map((end) => String(property(templates.resourceOf(end), 'QueueName'))),
      ),
    );
    const looked = letterBoxesOf(stage).map(({ queue }) => queue);
    expect(new Set(looked)).toEqual(new Set(queues));
    expect(looked).toHaveLength(new Set(looked).size);
  });

  it('go to functions, queues and streams that there are', async () => {
    const templates = new StageTemplates(await templatesOf(stage));
    const names = (type: string, name: string) => templates.ofType(type).map(([, it]) => property(it, name));
    for (const { addressee } of letterBoxesOf(stage)) {
      if (addressee.kind === 'lake') {
        expect(names('AWS::KinesisFirehose::DeliveryStream', 'DeliveryStreamName')).toContain(addressee.deliveryStream);
        continue;
      }
      if (addressee.kind === 'nobody') continue;
      expect(names('AWS::Lambda::Function', 'FunctionName')).toContain(addressee.functionName);
      if (addressee.kind === 'queue') expect(names('AWS::SQS::Queue', 'QueueName')).toContain(addressee.queue);
    }
  });
});
