import { type Policies, policyAt } from '../../policy/policies.ts';
import type { Policy } from '../../policy/policy.ts';
import { type Account, availablePoints, newAccount, pendingPoints } from '../loyalty/account.ts';
import { accountAt } from '../loyalty/fold.ts';
import { type Keep, tierOutlook } from '../loyalty/tier-outlook.ts';
import { lifecycleOf, type Segment } from './lifecycle.ts';
import { knownSinceMs, type Person, type Registration } from './registration.ts';

export type Preference = { id: string; weight: number };

/** A member as `GET /v1/members/{id}` shows it; see the contract for its fields. */
export type MemberView = ReturnType<typeof memberView>;

export type MemberRecords = {
  account?: Account | undefined;
  registration?: Registration | undefined;
  person?: Person | undefined;
};

/** What the shop knows of a member at an instant. Everything that time alone changes is computed here. */
export function memberView(memberId: string, records: MemberRecords, nowMs: number, policies: Policies) {
  const { registration, person } = records;
  const policy = policyAt(policies, nowMs);
  const { account } = accountAt(records.account ?? newAccount(policies), nowMs, policies);
  const sinceMs = knownSinceMs(registration);
  const { lifecycle, segments } = lifecycleOf(account, nowMs, policy, sinceMs);
  const { orders, spend, returned } = account.lifetime;
  return {
    memberId,
    ...(person?.displayName && { displayName: person.displayName.value }),
    tier: tierView(account, { nowMs, policies, policy }, sinceMs),
    points: pointsView(account),
    lifetime: { orders, spend, returned, currency: policy.currency },
    ...(account.lastOrderAtMs !== undefined && { lastOrderAt: instant(account.lastOrderAtMs) }),
    lifecycle,
    segments: segments.map(segmentView),
    preferences: {
      categories: shares(account.taste.categories),
      brands: shares(account.taste.brands),
      priceBand: shares(account.taste.priceBand),
      channels: shares(account.taste.channels),
    },
    consents: {
      personalisation: registration?.personalisation?.value ?? false,
      marketing: registration?.marketing?.value ?? false,
      ...statementsOf(registration),
    },
  };
}

/** What the member has said of each purpose: which statement, since when and by which event. */
function statementsOf(registration: Registration | undefined) {
  const said = (['personalisation', 'marketing'] as const).flatMap((purpose) => {
    const consent = registration?.[purpose];
    if (consent === undefined) return [];
    const { atMs, eventId, statementVersion } = consent;
    const statement = { since: instant(atMs), eventId, ...(statementVersion !== undefined && { statementVersion }) };
    return [[purpose, statement] as const];
  });
  return said.length === 0 ? {} : { statements: Object.fromEntries(said) };
}

function tierView(
  account: Account,
  { nowMs, policies, policy }: { nowMs: number; policies: Policies; policy: Policy },
  knownMs: number | undefined,
) {
  const { steps } = policy.tiers;
  const index = Math.max(
    0,
    steps.findIndex((step) => step.id === account.tier.id),
  );
  const step = steps[index];
  const { spend, next, keep } = tierOutlook(account, nowMs, policies);
  // Everybody starts in the first tier the day the shop gets to know them, which may be before the first order.
  const { sinceMs: tierMs } = account.tier;
  const fromStart = index === 0 && tierMs <= (account.firstOrderAtMs ?? Number.POSITIVE_INFINITY);
  const sinceMs = fromStart ? Math.min(knownMs ?? tierMs, tierMs || Number.POSITIVE_INFINITY) : tierMs;
  return {
    id: account.tier.id,
    since: instant(sinceMs),
    discountPercent: step?.discountPercent ?? 0,
    benefits: step?.benefits ?? [],
    judgedOn: { basis: policy.tiers.basis, spend },
    ...(next && { next }),
    ...(keep && { keep: keepView(keep) }),
  };
}

function keepView({ remaining, fromMs, byMs, otherwise }: Keep) {
  return {
    ...(remaining !== undefined && { remaining }),
    ...(fromMs !== undefined && { from: instant(fromMs) }),
    by: instant(byMs),
    otherwise,
  };
}

function pointsView(account: Account) {
  const [nextExpiry] = account.lots;
  const [nextRelease] = account.held;
  return {
    available: availablePoints(account),
    pending: pendingPoints(account),
    debt: account.debt,
    ...(nextExpiry && { nextExpiry: { points: nextExpiry.points, at: instant(nextExpiry.expiresAtMs) } }),
    ...(nextRelease && { nextAvailable: { points: nextRelease.points, at: instant(nextRelease.availableAtMs) } }),
  };
}

function segmentView({ id, sinceMs, untilMs, reasons }: Segment) {
  return { id, since: instant(sinceMs), ...(untilMs !== undefined && { until: instant(untilMs) }), reasons };
}

/** Weights as shares of their sum, strongest first, to four decimals. */
function shares(weights: Record<string, number>): Preference[] {
  const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
  return Object.entries(weights)
    .sort(([idA, a], [idB, b]) => b - a || (idA < idB ? -1 : 1))
    .map(([id, weight]) => ({ id, weight: Math.round((weight / total) * 10_000) / 10_000 }));
}

function instant(ms: number): string {
  return new Date(ms).toISOString();
}
