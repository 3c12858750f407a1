import type { AlarmModel, Reading } from './alarm-model.ts';
import { evaluateMath } from './metric-math.ts';

/** A reading over the last periods, the newest last; undefined where nothing was measured in one. */
export type Series = readonly (number | undefined)[];

export type AlarmState = {
  name: string;
  state: 'ALARM' | 'OK';
  /** The newest figure that there is; left out where nothing was measured. */
  value?: number;
  threshold: number;
  description: string;
};

/**
 * Whether an alarm is on, by its readings. What was not measured is not beyond any threshold, as our alarms have it. Only the newest periods of
 * those it looks at may be missing from what it is given.
 */
export function evaluateAlarm(alarm: AlarmModel, read: (reading: Reading) => Series): AlarmState {
  const series = new Map(alarm.readings.map((reading) => [reading.id, read(reading)]));
  const values = Array.from({ length: alarm.evaluationPeriods }, (_, period) => figureOf(alarm, series, period));
  const beyond = values.filter((value) => value !== undefined && isBeyond(alarm, value)).length;
  const newest = values.findLast((value) => value !== undefined);
  return {
    name: alarm.name,
    state: beyond >= alarm.datapointsToAlarm ? 'ALARM' : 'OK',
    ...(newest !== undefined && { value: newest }),
    threshold: alarm.threshold,
    description: alarm.description,
  };
}

function figureOf({ readings, expression }: AlarmModel, series: ReadonlyMap<string, Series>, period: number) {
  if (expression !== undefined) return evaluateMath(expression, (id) => series.get(id)?.[period]);
  const [only] = readings;
  return only && series.get(only.id)?.[period];
}

const isBeyond = ({ comparison, threshold }: AlarmModel, value: number): boolean =>
  comparison === 'GreaterThanThreshold' ? value > threshold : value >= threshold;
