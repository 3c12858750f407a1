import { describe, expect, it } from 'vitest';
import { readPolicy } from '../../../shared/policy/policy-schema.ts';
import { policyWith } from '../../support/policies.ts';

const PART = 'score.components.returns';
const curve = (...points: [number, number][]) => points.map(([rate, value]) => ({ rate, value }));

describe('a policy of reputation that makes no sense is refused, with the path of what is wrong', () => {
  it.each([
    { what: 'a prior that is no number of stars', at: 'rating.priorMean', value: 5.1 },
    { what: 'a prior of less than no review', at: 'rating.priorStrength', value: -1 },
    { what: 'reviews that fade at once', at: 'rating.halfLifeQuarters', value: 0 },
    { what: 'old reviews that count more', at: 'rating.recencyFloor', value: 1.1 },
    { what: 'more for the unverified', at: 'reviewWeight.unverified', value: 1.2 },
    { what: 'nothing for the unverified', at: 'reviewWeight.unverified', value: 0 },
    { what: 'votes that make a weight of nothing', at: 'reviewWeight.helpful.span', value: 1 },
    { what: 'a field that there is none of', at: 'reviewWeight.colour', value: 1 },
    { what: 'a window of nothing', at: 'window.quarters', value: 0 },
    { what: 'a shorter look for fewer orders', at: 'window.sparseQuarters', value: 3 },
    { what: 'weights that do not add up', at: `${PART}.weight`, value: 11, path: 'score.components' },
    { what: 'a curve of one point', at: `${PART}.curve`, value: curve([0, 100]) },
    {
      what: 'a curve that begins late',
      at: `${PART}.curve`,
      value: curve([0.1, 100], [1, 0]),
      path: `${PART}.curve[0].rate`,
    },
    {
      what: 'a curve that goes back',
      at: `${PART}.curve`,
      value: curve([0, 100], [0.2, 50], [0.2, 40]),
      path: `${PART}.curve[2].rate`,
    },
    {
      what: 'a curve that rewards what goes wrong',
      at: `${PART}.curve`,
      value: curve([0, 100], [0.2, 50], [0.3, 51]),
      path: `${PART}.curve[2].value`,
    },
    { what: 'a rate of more than all', at: `${PART}.assumed`, value: 1.01 },
    { what: 'no evidence at all', at: `${PART}.minimum`, value: 0 },
    { what: 'half a case forgiven', at: `${PART}.grace`, value: 0.5 },
    { what: 'no limit on open complaints', at: 'score.components.complaints.openLimit', value: undefined },
    { what: 'no level', at: 'score.levels', value: [] },
    { what: 'two levels of one name', at: 'score.levels.1.id', value: 'fair', path: 'score.levels[2].id' },
    { what: 'levels that rise', at: 'score.levels.1.from', value: 96, path: 'score.levels[1].from' },
    { what: 'a gap below the last level', at: 'score.levels.3.from', value: 1, path: 'score.levels[3].from' },
    { what: 'grades upside down', at: 'grade.grades.AA', value: 96, path: 'grade.grades' },
    { what: 'more credit than there is', at: 'credit.start', value: 26 },
    { what: 'a weight of nothing', at: 'credit.levels.3.weight', value: 0, path: 'credit.levels[3].weight' },
    { what: 'credit that never fades', at: 'credit.halfLifeDays', value: 0 },
    { what: 'a ban for nothing', at: 'credit.bans.0.rejections', value: 0, path: 'credit.bans[0].rejections' },
    { what: 'points given for fakes', at: 'credit.penalty.first', value: -1 },
    { what: 'a goal of more than all', at: 'scorecard.goals.satisfaction', value: 1.5 },
    { what: 'a stage that weighs less than nothing', at: 'scorecard.stages.service', value: -1 },
  ])('$what', ({ at, value, path = at }) => {
    const result = readPolicy(policyWith({ [`reputation.${at}`]: value }));
    expect(result.ok ? [] : result.errors.map((error) => error.path)).toEqual([`reputation.${path}`]);
  });
});
