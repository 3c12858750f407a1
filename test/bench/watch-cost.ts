/** What watching a stage costs by the month, read from the templates: alarms by the metrics that they read, and dashboards. */
import { synthesise } from '../../infra/app.ts';
import { type StageName, stageNames } from '../../infra/config.ts';
import type { Template } from '../../infra/stacks/template.ts';
import { PRICES } from './prices.ts';
import { section } from './report-parts.ts';

export type WatchCost = { stage: StageName; alarms: number; metrics: number; dashboards: number; dollars: number };

export async function watchCosts(): Promise<WatchCost[]> {
  const costs: WatchCost[] = [];
  for (const stage of stageNames) {
    const { stacks } = await synthesise({ stage, bundle: false });
    costs.push(
      costOfTemplates(
        stage,
        stacks.map(({ template }) => template as Template),
      ),
    );
  }
  return costs;
}

/** The sum for the templates of one stage. */
export function costOfTemplates(stage: StageName, templates: readonly Template[]): WatchCost {
  const resources = templates.flatMap(({ Resources }) => Object.values(Resources));
  const alarms = resources.filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm');
  const dashboards = resources.filter(({ Type }) => Type === 'AWS::CloudWatch::Dashboard').length;
  const metrics = alarms.reduce((sum, { Properties }) => {
    const several = (Properties?.Metrics ?? []) as { MetricStat?: unknown }[];
    return sum + Math.max(1, several.filter(({ MetricStat }) => MetricStat !== undefined).length);
  }, 0);
  const { alarmMetric, dashboard } = PRICES;
  const dollars = (metrics * alarmMetric.dollars) / alarmMetric.per + (dashboards * dashboard.dollars) / dashboard.per;
  return { stage, alarms: alarms.length, metrics, dashboards, dollars };
}

export function watchCostText(costs: readonly WatchCost[]): string {
  return [
    section('Watching, by the month, whatever happens in the shop', [
      ['stage', 'alarms', 'metrics they read', 'dashboards', 'dollars a month'],
      ...costs.map(({ stage, alarms, metrics, dashboards, dollars }) => [
        stage,
        String(alarms),
        String(metrics),
        String(dashboards),
        dollars.toFixed(2),
      ]),
    ]),
    `  ${PRICES.alarmMetric.dollars.toFixed(2)} a month for each ${PRICES.alarmMetric.unit}, ${PRICES.dashboard.dollars.toFixed(2)} for each ${PRICES.dashboard.unit}; three dashboards and ten alarms of an account cost nothing.`,
  ].join('\n');
}
