import type { ScheduledEvent } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { complaintDueStore } from '../../../shared/adapters/dynamo/complaint-due-store.ts';
import { complaintStore } from '../../../shared/adapters/dynamo/complaint-store.ts';
import { addFact } from '../../../shared/domain/complaint/complaint.ts';
import { factOf, type Saying } from '../../../shared/domain/complaint/decide-complaint.ts';
import { always } from '../../../shared/policy/policies.ts';
import { currentPolicy } from '../../../shared/policy/policy.ts';
import { type FunctionEnvironment, startFunctionEnvironment } from '../../support/function-environment.ts';
import { lambdaContext } from '../../support/lambda.ts';
import { scanTable } from '../../support/profile-table.ts';

const HOUR_MS = 3_600_000;
const START = Date.parse('2026-01-05T10:20:00Z');
const opening = { kind: 'opened', memberId: 'ann', brandId: 'hearth', category: 'quality' } satisfies Saying;

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

const store = () => complaintStore(environment.dynoxide.client, table);
const due = () => complaintDueStore(environment.dynoxide.client, table);
const note = (complaintId: string, hour: number, version = 1) =>
  due().note({ id: complaintId, version, dueMs: START + hour * HOUR_MS });
const notes = async () =>
  (await scanTable(environment.dynoxide.endpoint, table))
    .filter(({ pk }) => pk?.S?.startsWith('COMPLAINTDUE#'))
    .map(({ sk }) => sk?.S);
const toldOf = async (complaintId: string) => (await store().load(complaintId)).record.told;

async function keep(complaintId: string, said: Saying, hour = 0): Promise<void> {
  const stored = await store().load(complaintId);
  const { fact } = factOf(said, { eventId: `${complaintId}:${said.kind}`, atMs: START + hour * HOUR_MS });
  const added = addFact(stored.record, fact, always(currentPolicy));
  if (added.kind === 'added') await store().save(stored, added.record);
}

const written: string[] = [];
const counted = () =>
  written.flatMap((line) => (JSON.parse(line) as { ComplaintOverdue?: number }).ComplaintOverdue ?? []);

async function run(hour: number, context = lambdaContext()): Promise<void> {
  const { setClock } = await import('../../../shared/runtime/clock.ts');
  setClock(() => START + hour * HOUR_MS);
  const { handler } = await import('../../../functions/complaint/tell-due.ts');
  written.length = 0;
  vi.stubEnv('LOG_LEVEL', 'warn');
  const output = vi.spyOn(process.stdout, 'write').mockImplementation((line) => written.push(String(line)) > 0);
  try {
    await handler({ id: 'tick' } as ScheduledEvent, context);
  } finally {
    output.mockRestore();
    vi.stubEnv('LOG_LEVEL', 'silent');
  }
}

describe('what falls due of complaints', () => {
  it('is marked once its instant has come, once, and the note is gone', async () => {
    await keep('c1', opening);
    await note('c1', 24);
    await run(23.99);
    expect(await toldOf('c1')).toBeUndefined();
    await run(24);
    expect(await toldOf('c1')).toEqual({ answer: START + 24 * HOUR_MS });
    expect(await notes()).toEqual([]);
    await note('c1', 24);
    await run(25);
    expect((await store().load('c1')).record.version).toBe(2);
  });

  it('is marked once where two runs meet', async () => {
    await keep('c1', opening);
    await note('c1', 24);
    await Promise.all([run(25), run(25)]);
    expect((await store().load('c1')).record.version).toBe(2);
  });

  it('is noted anew where it was met in time, and a note of nothing goes', async () => {
    await keep('c1', opening);
    await keep('c1', { kind: 'answered', actor: 'carl' }, 3);
    await note('c1', 24);
    await note('nothing', 20);
    await run(30);
    expect(await toldOf('c1')).toBeUndefined();
    expect(await notes()).toEqual(['2026-01-08T10#c1']);
  });

  it('is marked all at once where much time has passed', async () => {
    await keep('c1', opening);
    await keep('c1', { kind: 'decided', outcome: 'upheld', actor: 'carl' }, 80);
    await note('c1', 24);
    await run(24 * 60);
    expect(await toldOf('c1')).toEqual({
      answer: START + 24 * HOUR_MS,
      decision: START + 72 * HOUR_MS,
      closing: START + (80 + 14 * 24) * HOUR_MS,
    });
    // The closing is on time; two dates were not met.
    expect(counted()).toEqual([2]);
  });

  it('is left to the next run where there is no time', async () => {
    await keep('c1', opening);
    await note('c1', 24);
    await run(25, { ...lambdaContext(), getRemainingTimeInMillis: () => 1_000 });
    expect(await toldOf('c1')).toBeUndefined();
    await run(26);
    expect(await toldOf('c1')).toBeDefined();
  });

  it('does not stop at one that cannot be marked: the others are, and somebody is told', async () => {
    for (const id of ['c1', 'c2', 'c3']) {
      await keep(id, opening);
      await note(id, 24);
    }
    const { PutItemCommand } = await import('@aws-sdk/client-dynamodb');
    const { item } = await store().load('c2');
    await environment.dynoxide.client.send(
      new PutItemCommand({ TableName: table, Item: { ...item, d: { B: Buffer.of(250, 1, 2) } } }),
    );
    await expect(run(25)).rejects.toThrow('1 cases');
    expect(await toldOf('c1')).toBeDefined();
    expect(await toldOf('c3')).toBeDefined();
    expect(await notes()).toEqual(['2026-01-06T10#c2']);
  });
});
