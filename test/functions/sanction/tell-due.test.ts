import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { ScheduledEvent } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { sanctionKeys } from '../../../shared/adapters/dynamo/keys.ts';
import { keyItem } from '../../../shared/adapters/dynamo/profile-records.ts';
import { sanctionDueStore } from '../../../shared/adapters/dynamo/sanction-due-store.ts';
import { sanctionStore } from '../../../shared/adapters/dynamo/sanction-store.ts';
import type { SanctionRecord } from '../../../shared/domain/sanction/sanction.ts';
import { answer, commanded, days, notice, restrict, type Said } from '../../domain/sanction/case-builder.ts';
import { type FunctionEnvironment, startFunctionEnvironment } from '../../support/function-environment.ts';
import { lambdaContext } from '../../support/lambda.ts';
import { scanTable } from '../../support/profile-table.ts';

const noticed: Said[] = [[0, notice]];
const restricted: Said[] = [...noticed, [1, answer], [2, restrict]];

let environment: FunctionEnvironment;
let table: string;
beforeAll(async () => {
  environment = await startFunctionEnvironment();
});
beforeEach(async () => {
  table = (await environment.renew()).profile;
  vi.stubEnv('REPUTATION_TABLE', table);
});
afterEach(async () => (await import('../../../shared/runtime/clock.ts')).setClock(Date.now));
afterAll(() => environment.stop());

const store = () => sanctionStore(environment.dynoxide.client, table);
const note = (sanctionId: string, day: number) =>
  sanctionDueStore(environment.dynoxide.client, table).note({ id: sanctionId, version: 1, dueMs: days(day) });
const notes = async () =>
  (await scanTable(environment.dynoxide.endpoint, table))
    .filter(({ pk }) => pk?.S?.startsWith('SANCTIONDUE#'))
    .map(({ sk }) => sk?.S);
const toldOf = async (sanctionId: string) => (await store().load(sanctionId)).told;

/** Keeps a case, each of its facts a write of its own. */
async function keep(sanctionId: string, said: readonly Said[]): Promise<void> {
  for (let count = 1; count <= said.length; count += 1) {
    const { record } = commanded(...said.slice(0, count));
    await store().save({ ...record, sanctionId } satisfies SanctionRecord);
  }
}

async function run(day: number, context = lambdaContext()): Promise<void> {
  const { setClock } = await import('../../../shared/runtime/clock.ts');
  setClock(() => days(day));
  const { handler } = await import('../../../functions/sanction/tell-due.ts');
  await handler({ id: 'tick' } as ScheduledEvent, context);
}

describe('what falls due of sanctions', () => {
  it('is marked once its instant has come, once, and the note is gone', async () => {
    await keep('s1', restricted);
    await note('s1', 40);
    await run(39.999);
    expect(await toldOf('s1')).toBeUndefined();
    await run(40);
    expect(await toldOf('s1')).toEqual({ end: days(40) });
    expect(await notes()).toEqual([]);
    await note('s1', 40);
    await run(41);
    expect((await store().load('s1')).version).toBe(4);
  });

  it('is marked once where two runs meet', async () => {
    await keep('s1', noticed);
    await note('s1', 7);
    await Promise.all([run(8), run(8)]);
    expect(await store().load('s1')).toMatchObject({ version: 2, told: { answer_period: days(7) } });
  });

  it('is noted anew where something else came before, and a note of nothing goes', async () => {
    await keep('s1', restricted);
    await note('s1', 7);
    await note('nothing', 6);
    await run(8);
    expect(await toldOf('s1')).toBeUndefined();
    expect(await notes()).toEqual(['2026-02-14T10#s1']);
  });

  it('is left to the next run where there is no time', async () => {
    await keep('s1', noticed);
    await note('s1', 7);
    await run(8, { ...lambdaContext(), getRemainingTimeInMillis: () => 1_000 });
    expect(await toldOf('s1')).toBeUndefined();
    await run(9);
    expect(await toldOf('s1')).toBeDefined();
  });

  it('does not stop at one that cannot be marked: the others are, and somebody is told', async () => {
    for (const id of ['s1', 's2', 's3']) {
      await keep(id, noticed);
      await note(id, 7);
    }
    const broken = { ...keyItem(sanctionKeys.sanction('s2')), v: { N: '1' }, d: { B: Buffer.of(250, 1, 2) } };
    await environment.dynoxide.client.send(new PutItemCommand({ TableName: table, Item: broken }));
    await expect(run(8)).rejects.toThrow('1 cases');
    expect(await toldOf('s1')).toBeDefined();
    expect(await toldOf('s3')).toBeDefined();
    expect(await notes()).toEqual(['2026-01-12T10#s2']);
  });
});
