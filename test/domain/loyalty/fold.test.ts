import { describe, expect, it } from 'vitest';
import type { Policies } from '../../../shared/policy/policies.ts';
import { currentPolicy, type Policy } from '../../../shared/policy/policy.ts';
import { completed, lifeOf, placed, policiesFrom, policyWith, type Told } from '../../support/shop-story.ts';

const bought = (time: string, total: number, orderId = 'ord-1'): Told[] => [
  placed(time, { orderId, total }),
  completed(time, { orderId }),
];

const instant = (ms: number | undefined) => (ms === undefined ? undefined : new Date(ms).toISOString());

/** What an account goes through, one line each: `2027-02-01T00:00:00.000Z tier silver basic`. */
function newsOf(told: readonly Told[], now: string, policy: Policy | Policies = currentPolicy): string[] {
  return lifeOf('ann', told, now, policy).entries.map((it) => {
    const time = instant(it.atMs);
    if (it.kind === 'tier') return `${time} tier ${it.from} ${it.to} (${it.reason})`;
    if (it.kind === 'notice') return `${time} notice ${it.days} days ${it.points}`;
    if (it.kind === 'referral') return `${time} referral ${it.by}`;
    return `${time} ${it.kind} ${it.state} ${it.points}`;
  });
}

const rolling = policyWith((it) => {
  it.tiers.basis = 'rolling_12_months';
});

describe('things that fall due at one instant', () => {
  // Delivered 5 June: the points end with June a year later, and so does the time that the spend counts in.
  it('all happen: points end, and the month turns that a tier is judged on', () => {
    const told = bought('2026-06-05', 200_000);
    expect(newsOf(told, '2027-07-01', rolling).slice(-2)).toEqual([
      '2027-06-30T23:59:59.999Z expire available -2000',
      '2027-07-01T00:00:00.000Z tier silver basic (lapse)',
    ]);
    expect(lifeOf('ann', told, '2027-07-01', rolling).account).toMatchObject({ tier: { id: 'basic' }, lots: [] });
  });

  it('all happen: points end, and the policy changes', () => {
    const dearer = policyWith((it) => {
      it.tiers.steps[1]!.threshold = 300_000;
    });
    const policies = policiesFrom(currentPolicy, { from: '2027-07-01', policy: dearer });
    expect(newsOf(bought('2026-06-05', 200_000), '2027-07-01', policies).slice(-2)).toEqual([
      '2027-06-30T23:59:59.999Z expire available -2000',
      '2027-07-01T00:00:00.000Z tier silver basic (policy)',
    ]);
  });

  it('all happen: a hold ends, and a member is told that other points will', () => {
    const told = [...bought('2026-01-05', 10_000), ...bought('2026-12-25T23:59:59.999Z', 5_000, 'ord-2')];
    expect(newsOf(told, '2027-01-02').slice(-3)).toEqual([
      '2027-01-01T23:59:59.999Z available pending -50',
      '2027-01-01T23:59:59.999Z available available 50',
      '2027-01-01T23:59:59.999Z notice 30 days 100',
    ]);
  });

  it('all happen: the policy changes as a year ends and as a notice is due', () => {
    const yearly = policyWith((it) => {
      it.tiers.basis = 'calendar_year';
    });
    const unlike = policyWith((it) => {
      it.tiers.basis = 'calendar_year';
      it.points.checkIn = 20;
    });
    const noticeAt = '2027-01-01T23:59:59.999Z';
    const policies = policiesFrom(
      yearly,
      { from: '2027-01-01', policy: unlike },
      { from: noticeAt, policy: currentPolicy },
    );
    expect(newsOf(bought('2026-01-05', 100_000), '2027-01-02', policies).slice(-3)).toEqual([
      '2027-01-01T00:00:00.000Z tier silver basic (policy)',
      `${noticeAt} tier basic silver (policy)`,
      `${noticeAt} notice 30 days 1000`,
    ]);
  });
});
