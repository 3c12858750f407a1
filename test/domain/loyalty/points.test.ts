import { describe, expect, it } from 'vitest';
import { lifeOf, placed, redeemed, returned, rewarded, type Told } from '../../support/shop-story.ts';

const entriesOf = (told: readonly Told[]) =>
  lifeOf('ann', told, '2026-02-01').entries.map((it) => `${it.kind} ${'points' in it ? it.points : ''} ${it.eventId}`);

describe('points that pay an order go back as it is returned', () => {
  const funds = rewarded('2026-01-01', 100);
  const order = placed('2026-01-02', { lines: [{ unitPrice: 5_000, quantity: 2 }] });
  const half = (day: string) => returned(day, { 1: 1 }, { returnId: day, id: day });

  it('by what was left of it when they paid', () => {
    const paid = redeemed('2026-01-04', 40, { orderId: 'ord-1', orderNet: 5_000 });
    const told = [funds, order, half('2026-01-03'), paid, half('2026-01-05')];
    expect(entriesOf(told)).toContain('refund 40 2026-01-05');
  });

  it('where the order became known later than they paid it', () => {
    const told = [
      funds,
      order,
      redeemed('2026-01-04', 40, { orderId: 'ord-1' }),
      half('2026-01-05'),
      half('2026-01-06'),
    ];
    expect(entriesOf(told).filter((it) => it.startsWith('refund'))).toEqual([
      'refund 20 2026-01-05',
      'refund 20 2026-01-06',
    ]);
  });

  it('where an earlier return became known later than they paid it', () => {
    const paid = redeemed('2026-01-04', 40, { orderId: 'ord-1', orderNet: 10_000 });
    const told = [funds, order, half('2026-01-03'), paid, half('2026-01-05')];
    expect(entriesOf(told)).toContain('refund 40 2026-01-05');
  });

  it('where the order cost nothing', () => {
    const free = placed('2026-01-02', { lines: [{ unitPrice: 0 }] });
    const told = [funds, free, redeemed('2026-01-04', 40, { orderId: 'ord-1' }), returned('2026-01-05', { 1: 1 })];
    expect(entriesOf(told)).toContain('refund 40 ord-1:returned:ret-1');
  });
});
