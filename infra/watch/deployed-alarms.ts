import { CloudWatchClient, DescribeAlarmsCommand, type MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { nameOf } from '../config.ts';
import type { RepairBackend } from '../repair/backend.ts';
import { type AlarmModel, type Reading, readAlarm } from './alarm-model.ts';
import { type AlarmState, evaluateAlarm } from './evaluate-alarm.ts';

/**
 * The alarms of a deployed stage. CloudWatch says how each stands, some minutes late; what lies in queues is asked of the queues themselves, so an alarm
 * on it is on as soon as there is something, and off as soon as there is not.
 */
export async function deployedAlarms(backend: RepairBackend): Promise<AlarmState[]> {
  const client = new CloudWatchClient({});
  try {
    const described: MetricAlarm[] = [];
    let next: string | undefined;
    do {
      const page = await client.send(
        new DescribeAlarmsCommand({ AlarmNamePrefix: `${nameOf(backend.stage)}-`, ...(next && { NextToken: next }) }),
      );
      described.push(...(page.MetricAlarms ?? []));
      next = page.NextToken;
    } while (next !== undefined);
    const states: AlarmState[] = [];
    for (const alarm of described) states.push(await stateOf(backend, alarm));
    return states;
  } finally {
    client.destroy();
  }
}

async function stateOf(backend: RepairBackend, alarm: MetricAlarm): Promise<AlarmState> {
  const model = readAlarm(alarm);
  const depths = await depthsOf(backend, model);
  if (depths !== undefined)
    return evaluateAlarm(model, ({ id }) => Array(model.evaluationPeriods).fill(depths.get(id)));
  const { name, threshold, description } = model;
  return { name, state: alarm.StateValue === 'ALARM' ? 'ALARM' : 'OK', threshold, description };
}

/** What lies in the queues that an alarm reads; undefined where it reads no depth. Other readings beside count as nothing measured. */
async function depthsOf(backend: RepairBackend, { readings }: AlarmModel): Promise<Map<string, number> | undefined> {
  const ofQueues = readings.filter(isDepth);
  if (ofQueues.length === 0) return undefined;
  const depths = new Map<string, number>();
  for (const { id, dimensions } of ofQueues) {
    const QueueUrl = await backend.queueUrl(dimensions.QueueName ?? '');
    if (QueueUrl === undefined) continue;
    const asked = { QueueUrl, AttributeNames: ['ApproximateNumberOfMessages' as const] };
    const { Attributes = {} } = await backend.sqs.send(new GetQueueAttributesCommand(asked));
    depths.set(id, Number(Attributes.ApproximateNumberOfMessages ?? 0));
  }
  return depths;
}

const isDepth = ({ namespace, name }: Reading): boolean =>
  namespace === 'AWS/SQS' && name === 'ApproximateNumberOfMessagesVisible';
