import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { attentionPage } from '../../shared/adapters/dynamo/attention-index.ts';
import { dynamoClient } from '../../shared/adapters/dynamo/client.ts';
import { readEnv } from '../../shared/runtime/env.ts';
import { writeMetrics } from '../../shared/runtime/metrics.ts';
import { type ScheduleDependencies, scheduleHandler } from '../../shared/runtime/schedule-handler.ts';

type ReportDependencies = ScheduleDependencies & { client: DynamoDBClient; table: string };

const DAY_MS = 86_400_000;
/** Enough to raise an alarm; how many more there are does not change what is to be done. */
const COUNT_LIMIT = 100;

/**
 * Every hour: how many orders are known only by later facts (a return, a delivery) for more than a day. The count is a
 * metric; the orders themselves are listed at the desk.
 */
export const handler = scheduleHandler(
  (): ReportDependencies => ({ client: dynamoClient(), table: readEnv('PROFILE_TABLE').PROFILE_TABLE }),
  async ({ client, table }, { nowMs, functionName, log, write }) => {
    const until = new Date(nowMs - DAY_MS).toISOString();
    const { entries } = await attentionPage(client, table, { state: 'waiting', until, limit: COUNT_LIMIT });
    writeMetrics(functionName, { Waiting: entries.length }, write);
    log.info('waiting', { function: functionName, orders: entries.length });
  },
);
