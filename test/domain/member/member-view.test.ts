import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { memberAnswer } from '../../../functions/member/answers.ts';
import { memberView } from '../../../shared/domain/member/member-view.ts';
import type { Registration } from '../../../shared/domain/member/registration.ts';
import { always } from '../../../shared/policy/policies.ts';
import { currentPolicy } from '../../../shared/policy/policy.ts';
import { book } from '../../support/book.ts';
import { memoryProfileStore } from '../../support/memory-profile-store.ts';
import { at, completed, identified, lifeOf, placed } from '../../support/shop-story.ts';

const registered = (atMs: number): Registration => ({
  memberId: 'ann',
  version: 1,
  registeredAtMs: atMs,
  heardAtMs: atMs,
});

/** The view, checked against the schema of the route's answer, which must know every field of it. */
function view(records: Parameters<typeof memberView>[1], now: string) {
  const answer = memberView('ann', records, at(now), always(currentPolicy));
  expect(z.parse(memberAnswer, JSON.parse(JSON.stringify(answer)))).toEqual(JSON.parse(JSON.stringify(answer)));
  return answer;
}

describe('a member as the shop sees them', () => {
  const lines = [
    { quantity: 2, unitPrice: 1_299, brandId: 'hearth', category: 'Home/Kitchen' },
    { unitPrice: 850, discount: 50, category: 'Food/Tea' },
  ];
  const facts = [placed('2026-01-05T10:00:00Z', { channel: 'web', lines }), completed('2026-01-08T09:00:00Z')];

  it('is all of it', () => {
    const { account } = lifeOf('ann', facts, '2026-01-08T09:00:00Z');
    const said = { atMs: 0, eventId: 'e' };
    const registration: Registration = {
      ...registered(at('2026-01-01')),
      marketing: { value: true, ...said, statementVersion: '2026-01' },
    };
    const person = { memberId: 'ann', version: 1, displayName: { value: 'Ada', ...said } };
    expect(view({ account, registration, person }, '2026-02-01')).toEqual({
      memberId: 'ann',
      displayName: 'Ada',
      tier: {
        id: 'basic',
        since: '2026-01-01T00:00:00.000Z',
        discountPercent: 0,
        benefits: [],
        next: { id: 'silver', remaining: 96_602 },
        judgedOn: { basis: 'accumulated', spend: 3_398 },
      },
      points: { available: 33, pending: 0, debt: 0, nextExpiry: { points: 33, at: '2027-01-31T23:59:59.999Z' } },
      lifetime: { orders: 1, spend: 3_398, returned: 0, currency: 'CNY' },
      lastOrderAt: '2026-01-05T10:00:00.000Z',
      lifecycle: 'new',
      segments: [
        {
          id: 'lifecycle:new',
          since: '2026-01-05T10:00:00.000Z',
          until: '2026-04-05T10:00:00.000Z',
          reasons: [{ code: 'orders', value: 1, threshold: 2 }],
        },
      ],
      preferences: {
        categories: [
          { id: 'Home/Kitchen', weight: 0.7646 },
          { id: 'Food/Tea', weight: 0.2354 },
        ],
        brands: [{ id: 'hearth', weight: 1 }],
        priceBand: [
          { id: 'middle', weight: 0.7646 },
          { id: 'low', weight: 0.2354 },
        ],
        channels: [{ id: 'web', weight: 1 }],
      },
      consents: {
        personalisation: false,
        marketing: true,
        statements: {
          marketing: { since: new Date(said.atMs).toISOString(), eventId: said.eventId, statementVersion: '2026-01' },
        },
      },
    });
  });

  it('follows the clock without anything being written', () => {
    const { account } = lifeOf('ann', facts, '2026-01-08T09:00:00Z');
    const points = (now: string) => view({ account }, now).points;
    expect(points('2026-01-10')).toEqual({
      available: 0,
      pending: 33,
      debt: 0,
      nextAvailable: { points: 33, at: '2026-01-15T09:00:00.000Z' },
    });
    expect(points('2026-01-15T09:00:00Z')).toMatchObject({ available: 33, pending: 0 });
    expect(points('2027-02-01')).toEqual({ available: 0, pending: 0, debt: 0 });
    expect(view({ account }, '2026-12-01').lifecycle).toBe('lost');
  });

  it('who has only registered', () => {
    expect(view({ registration: registered(at('2026-01-01')) }, '2026-02-01')).toEqual({
      memberId: 'ann',
      tier: {
        id: 'basic',
        since: '2026-01-01T00:00:00.000Z',
        discountPercent: 0,
        benefits: [],
        next: { id: 'silver', remaining: 100_000 },
        judgedOn: { basis: 'accumulated', spend: 0 },
      },
      points: { available: 0, pending: 0, debt: 0 },
      lifetime: { orders: 0, spend: 0, returned: 0, currency: 'CNY' },
      lifecycle: 'new',
      segments: [
        {
          id: 'lifecycle:new',
          since: '2026-01-01T00:00:00.000Z',
          reasons: [{ code: 'orders', value: 0, threshold: 2 }],
        },
      ],
      preferences: { categories: [], brands: [], priceBand: [], channels: [] },
      consents: { personalisation: false, marketing: false },
    });
  });

  it.each([
    { what: 'registered before the first order', registeredAt: '2026-01-01', since: '2026-01-01' },
    { what: 'ordered before registering', registeredAt: '2026-03-01', since: '2026-01-05T10:00:00Z' },
    { what: 'never registered', registeredAt: undefined, since: '2026-01-05T10:00:00Z' },
  ])('is in the first tier since the day the shop got to know them: $what', ({ registeredAt, since }) => {
    const { account } = lifeOf('ann', facts, '2026-01-09');
    const registration = registeredAt === undefined ? undefined : registered(at(registeredAt));
    expect(view({ account, registration }, '2026-04-01').tier.since).toBe(new Date(since).toISOString());
  });

  it('whose every order turned out to be another member is known since the first of them', async () => {
    const profile = memoryProfileStore();
    await book(profile, [
      placed('2026-01-05', { anonymousId: 'v1' }),
      identified('2026-03-01', 'v1', 'ann'),
      identified('2026-02-01', 'v1', 'bob'),
    ]);
    const { account } = (await profile.loadAccount('ann'))!;
    const { tier, segments, lifetime } = view({ account }, '2026-04-01');
    expect(tier).toMatchObject({ id: 'basic', since: '2026-01-05T00:00:00.000Z' });
    expect(segments).toMatchObject([{ id: 'lifecycle:new', since: '2026-01-05T00:00:00.000Z' }]);
    expect(lifetime).toEqual({ orders: 0, spend: 0, returned: 0, currency: 'CNY' });
    // And an order of their own is the first one.
    await book(profile, [placed('2026-05-01', { orderId: 'ord-2' })]);
    expect((await profile.loadAccount('ann'))?.account.tier).toEqual({ id: 'basic', sinceMs: at('2026-05-01') });
  });
});
