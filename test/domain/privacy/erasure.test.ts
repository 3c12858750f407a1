import { describe, expect, it } from 'vitest';
import { type Found, newReceipt } from '../../../shared/domain/privacy/erasure.ts';
import { plainVisitor, said } from '../../../shared/domain/privacy/export.ts';

const found: Found = {
  orders: 3,
  causes: 2,
  entries: 9,
  registration: 1,
  coupons: 1,
  visitors: 2,
  words: 4,
  reviews: 1,
  reviewer: 1,
  votes: 5,
  complaints: 1,
  histories: 6,
  refused: 0,
};
const at = Date.parse('2026-01-20T10:00:00Z');

describe('a receipt', () => {
  const receipt = newReceipt('r-1', { kind: 'service', subject: 'carl' }, found, at);

  it('lists each store with what was done, how often, and why what stays does', () => {
    expect(new Set(receipt.stores.map(({ store }) => store)).size).toBe(14);
    for (const { outcome, why, count, what } of receipt.stores) {
      if (outcome === 'kept' && count !== 0) expect(why, what).toBeDefined();
      if (outcome === 'unreadable') expect(why).toContain('key');
    }
    // The member's own key, and one of each order, review, complaint and visitor.
    expect(receipt.stores[0]).toMatchObject({ store: 'vault', outcome: 'removed', count: 1 + 3 + 1 + 1 + 2 });
  });

  it('says until when backups can be restored from: 35 days', () => {
    expect(receipt.stores.at(-1)?.why).toContain('2026-02-24T10:00:00.000Z');
  });

  it('begins as one that is running, asked for by somebody', () => {
    expect(receipt).toMatchObject({
      state: 'running',
      requestedAt: '2026-01-20T10:00:00.000Z',
      by: { subject: 'carl' },
    });
  });
});

describe('an export', () => {
  it('gives every value with the fact that said it, and a consent with its statement', () => {
    const record = {
      memberId: 'ann',
      version: 3,
      registeredAtMs: at,
      locale: { value: 'de', atMs: at, eventId: 'e1' },
      marketing: { value: false, atMs: at, eventId: 'e2', statementVersion: '2026-01' },
    };
    expect(said(record)).toEqual([
      { field: 'locale', value: 'de', at: '2026-01-20T10:00:00.000Z', eventId: 'e1' },
      { field: 'marketing', value: false, at: '2026-01-20T10:00:00.000Z', eventId: 'e2', statementVersion: '2026-01' },
    ]);
    expect(said(undefined)).toEqual([]);
  });

  it('gives of a visitor what is the member’s own', () => {
    const identifications = ['ann', 'bob'].map((memberId, index) => ({
      eventId: memberId,
      hash: '',
      atMs: at + index,
      memberId,
    }));
    const visitor = { anonymousId: 'anon', version: 2, identifications, orderIds: ['ord-1'] };
    expect(plainVisitor(visitor, 'ann')).toMatchObject([
      { identifications: [{ eventId: 'ann' }], orderIds: ['ord-1'] },
    ]);
    expect(plainVisitor(visitor, 'bob')).toMatchObject([{ identifications: [{ eventId: 'bob' }], orderIds: [] }]);
  });
});
