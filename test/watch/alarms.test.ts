import { describe, expect, it } from 'vitest';
import { Measures } from '../../infra/local/measures.ts';
import { type AlarmModel, readAlarm } from '../../infra/watch/alarm-model.ts';
import { evaluateAlarm } from '../../infra/watch/evaluate-alarm.ts';
import { evaluateMath } from '../../infra/watch/metric-math.ts';

describe('metric math', () => {
  const values: Record<string, number | undefined> = { a: 6, b: 3, zero: 0 };
  it.each([
    ['a + b * 2', 12],
    ['(a + b) * 2', 18],
    ['a - b - 1', 2],
    ['-b + a', 3],
    ['a / b', 2],
    ['a / zero', undefined],
    ['FILL(a,0)+FILL(missing,0)', 6],
    ['missing + a', undefined],
    ['IF(FILL(a,0)>=5,100*b/a,0)', 50],
    ['IF(a<5,1,0)', 0],
    ['IF(missing>1,1,0)', undefined],
    ['a >= 6', 1],
    ['a != 6', 0],
  ])('%s', (expression, expected) => {
    expect(evaluateMath(expression, (id) => values[id])).toBe(expected);
  });

  it.each(['SEARCH(a)', 'a +', 'a b', '(a', 'IF(a,b)', 'a $ b', ')'])('does not know %j', (expression) => {
    expect(() => evaluateMath(expression, (id) => values[id])).toThrow(expression);
  });
});

const described = {
  AlarmName: 'rapport-dev-x-queue-dead',
  AlarmDescription: 'Messages wait.',
  Namespace: 'AWS/SQS',
  MetricName: 'ApproximateNumberOfMessagesVisible',
  Dimensions: [{ Name: 'QueueName', Value: 'x-dead' }],
  Statistic: 'Maximum',
  Period: 300,
  ComparisonOperator: 'GreaterThanThreshold',
  Threshold: 0,
  EvaluationPeriods: 1,
};

describe('an alarm', () => {
  it('is read as templates and as CloudWatch write it, of one metric or of several', () => {
    expect(readAlarm(described)).toMatchObject({
      periodSeconds: 300,
      datapointsToAlarm: 1,
      readings: [{ id: 'm', statistic: 'Maximum' }],
    });
    const Metric = { Namespace: 'Rapport', MetricName: 'FellBack', Dimensions: null };
    const Metrics = [
      { Id: 'a', MetricStat: { Metric, Period: 60, Stat: 'Sum' }, ReturnData: false },
      { Id: 'share', Expression: 'FILL(a,0)', ReturnData: true },
    ];
    const { Namespace: _, MetricName: __, Dimensions: ___, ...rest } = described;
    expect(readAlarm({ ...rest, Metrics })).toMatchObject({
      expression: 'FILL(a,0)',
      periodSeconds: 60,
      readings: [{ id: 'a', dimensions: {} }],
    });
    expect(() => readAlarm({ ...described, ComparisonOperator: 'LessThanThreshold' })).toThrow();
  });

  const late: AlarmModel = { ...readAlarm(described), evaluationPeriods: 3, datapointsToAlarm: 2 };
  it.each([
    [[1, 0, 1], 'ALARM', 1],
    [[1, 0, 0], 'OK', 0],
    [[undefined, undefined, undefined], 'OK', undefined],
    [[1, 1, undefined], 'ALARM', 1],
  ] as const)('of two in three is, after %j, %s', (series, state, value) => {
    const evaluated = evaluateAlarm(late, () => series);
    expect([evaluated.state, evaluated.value]).toEqual([state, value]);
  });

  it('above or at the threshold is on at it', () => {
    const at: AlarmModel = { ...readAlarm(described), comparison: 'GreaterThanOrEqualToThreshold', threshold: 1 };
    expect(evaluateAlarm(at, () => [1]).state).toBe('ALARM');
  });
});

describe('what is measured on one machine', () => {
  const alarm = (parts: object): AlarmModel => readAlarm({ ...described, ...parts });
  const ofFunction = {
    Namespace: 'AWS/Lambda',
    Dimensions: [
      { Name: 'FunctionName', Value: 'f' },
      { Name: 'Resource', Value: 'f:live' },
    ],
  };

  it("are the runs of functions, within the alarm's period and no longer", () => {
    let nowMs = 1_000_000;
    const measures = new Measures(
      () => undefined,
      () => nowMs,
    );
    const errors = alarm({ ...ofFunction, MetricName: 'Errors', Statistic: 'Sum' });
    const slow = alarm({
      ...ofFunction,
      MetricName: 'Duration',
      Statistic: undefined,
      ExtendedStatistic: 'p99',
      Threshold: 50,
    });
    for (let run = 1; run <= 100; run += 1) measures.ran('f', { ms: run, failed: run === 7 });
    measures.ran('g', { ms: 9_000, failed: true });
    expect(measures.evaluate([errors, slow])).toMatchObject([
      { state: 'ALARM', value: 1 },
      { state: 'ALARM', value: 99 },
    ]);
    nowMs += 300_000;
    expect(measures.evaluate([errors])).toMatchObject([{ state: 'OK' }]);
  });

  it('are what functions count themselves, what the API answers, and what lies in queues', () => {
    const measures = new Measures((queue) => (queue === 'x-dead' ? { visible: 3, oldestSeconds: 70 } : undefined));
    const _aws = {
      Timestamp: 0,
      CloudWatchMetrics: [{ Namespace: 'Rapport', Dimensions: [['function']], Metrics: [{ Name: 'LedgerDrift' }] }],
    };
    measures.logged({ at: '', level: 'warn', line: { _aws, function: 'f', LedgerDrift: 2 } });
    measures.logged({ at: '', level: 'info', line: 'words' });
    measures.answered(503, 12);
    measures.answered(404, 3);
    const own = {
      Namespace: 'Rapport',
      MetricName: 'LedgerDrift',
      Statistic: 'Sum',
      Dimensions: [{ Name: 'function', Value: 'f' }],
    };
    const api = { Namespace: 'AWS/ApiGateway', Statistic: 'Sum', Dimensions: [{ Name: 'ApiId', Value: 'whatever' }] };
    const alarms = [
      alarm(own),
      alarm({ ...api, MetricName: '5xx' }),
      alarm({ ...api, MetricName: 'Count' }),
      alarm({}),
    ];
    expect(measures.evaluate(alarms).map(({ value }) => value)).toEqual([2, 1, 2, 3]);
    const elsewhere = alarm({ Namespace: 'AWS/Firehose', MetricName: 'ThrottledRecords', Dimensions: [] });
    expect(measures.evaluate([elsewhere])).toEqual([expect.not.objectContaining({ value: expect.anything() })]);
    measures.clear();
    expect(measures.evaluate([alarm(own)])).toMatchObject([{ state: 'OK' }]);
  });
});
