import * as z from 'zod/mini';

/** One metric that an alarm reads. `id` is what it is called in the alarm's expression. */
export type Reading = {
  id: string;
  namespace: string;
  name: string;
  dimensions: Readonly<Record<string, string>>;
  /** `Sum`, `Maximum`, `p99` ... */
  statistic: string;
};

export type AlarmModel = {
  name: string;
  description: string;
  readings: readonly Reading[];
  /** In CloudWatch's metric math; a single reading needs none. */
  expression?: string;
  comparison: 'GreaterThanThreshold' | 'GreaterThanOrEqualToThreshold';
  threshold: number;
  periodSeconds: number;
  /** It goes off when so many of the last so many periods are beyond the threshold. */
  datapointsToAlarm: number;
  evaluationPeriods: number;
};

const dimensions = z._default(z.nullable(z.array(z.object({ Name: z.string(), Value: z.string() }))), []);
const single = z.object({ Namespace: z.string(), MetricName: z.string(), Dimensions: dimensions });
const about = z.object({
  AlarmName: z.string(),
  AlarmDescription: z._default(z.string(), ''),
  ComparisonOperator: z.enum(['GreaterThanThreshold', 'GreaterThanOrEqualToThreshold']),
  Threshold: z.number(),
  EvaluationPeriods: z.int(),
  DatapointsToAlarm: z.optional(z.int()),
});
const ofOne = z.extend(single, {
  Period: z.int(),
  Statistic: z.optional(z.string()),
  ExtendedStatistic: z.optional(z.string()),
});
const ofMany = z.array(
  z.object({
    Id: z.string(),
    Expression: z.optional(z.string()),
    MetricStat: z.optional(z.object({ Metric: single, Period: z.int(), Stat: z.string() })),
  }),
);

/**
 * Reads an alarm: what a template says of it and what CloudWatch answers have the same names.
 * @throws where it is of a kind that we make none of
 */
export function readAlarm(described: unknown): AlarmModel {
  const { AlarmName, AlarmDescription, ComparisonOperator, Threshold, EvaluationPeriods, DatapointsToAlarm } =
    about.parse(described);
  const common = {
    name: AlarmName,
    description: AlarmDescription,
    comparison: ComparisonOperator,
    threshold: Threshold,
    evaluationPeriods: EvaluationPeriods,
    datapointsToAlarm: DatapointsToAlarm ?? EvaluationPeriods,
  };
  const { Metrics } = described as { Metrics?: unknown };
  if (!Array.isArray(Metrics) || Metrics.length === 0) {
    const { Period, Statistic, ExtendedStatistic, ...metric } = ofOne.parse(described);
    const reading = readingOf('m', metric, Statistic ?? ExtendedStatistic ?? 'Sum');
    return { ...common, readings: [reading], periodSeconds: Period };
  }
  const parts = ofMany.parse(Metrics);
  const readings = parts.flatMap(({ Id, MetricStat }) =>
    MetricStat === undefined ? [] : [readingOf(Id, MetricStat.Metric, MetricStat.Stat)],
  );
  const expression = parts.find(({ Expression }) => Expression !== undefined)?.Expression;
  const periodSeconds = parts.find(({ MetricStat }) => MetricStat !== undefined)?.MetricStat?.Period ?? 60;
  return { ...common, readings, periodSeconds, ...(expression !== undefined && { expression }) };
}

function readingOf(
  id: string,
  { Namespace, MetricName, Dimensions }: z.output<typeof single>,
  statistic: string,
): Reading {
  const pairs = (Dimensions ?? []).map(({ Name, Value }) => [Name, Value] as const);
  return { id, namespace: Namespace, name: MetricName, dimensions: Object.fromEntries(pairs), statistic };
}
