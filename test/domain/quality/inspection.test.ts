import { describe, expect, it } from 'vitest';
import { inspectionCompleted } from '../../../events/quality/inspection-completed.v1.ts';
import { contentHash } from '../../../shared/domain/intake/content-hash.ts';
import { countsOfInspection, decideInspection } from '../../../shared/domain/quality/inspection.ts';

function told(data: Record<string, unknown> = {}) {
  const whole = { inspectionId: 'insp-1', productId: 'pot', sampled: 50, failed: 2, score: 97.5, ...data };
  const parsed = inspectionCompleted.parse({
    ...inspectionCompleted.sample,
    time: '2026-01-10T00:00:00Z',
    data: JSON.parse(JSON.stringify(whole)) as unknown,
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  return parsed.event;
}

const decide = (event: ReturnType<typeof told>, known?: Parameters<typeof decideInspection>[0]) =>
  decideInspection(known, event, contentHash(event), { brandId: 'hearth', supplierId: 'sup-1' });
const first = decide(told());
const known = first.kind === 'keep' ? first.inspection : undefined;
const counters = {
  'inspections@2026q1': 1,
  'sampled@2026q1': 50,
  'failed@2026q1': 2,
  'inspectionScored@2026q1': 1,
  'inspectionScore@2026q1': 9_750,
};

describe('an inspection', () => {
  it('counts for the product and for whoever makes it', () => {
    expect(first).toMatchObject({
      kind: 'keep',
      counts: { 'PRODUCT#pot': counters, 'BRAND#hearth': counters, 'SUPPLIER#sup-1': counters, SHOP: counters },
    });
  });

  it('counts for the supplier that it names, rather than for the one of the catalogue', () => {
    expect(Object.keys((decide(told({ supplierId: 'sup-2' })) as { counts: object }).counts)).toEqual([
      'PRODUCT#pot',
      'BRAND#hearth',
      'SUPPLIER#sup-2',
      'SHOP',
    ]);
  });

  it('of a supplier counts for the supplier, and has no mark where none was given', () => {
    const event = told({ productId: undefined, supplierId: 'sup-2', score: undefined });
    const decision = decideInspection(undefined, event, contentHash(event));
    expect(decision).toMatchObject({
      counts: { 'SUPPLIER#sup-2': { 'inspections@2026q1': 1, 'sampled@2026q1': 50, 'failed@2026q1': 2 } },
    });
    expect(Object.keys((decision as { counts: object }).counts)).toEqual(['SUPPLIER#sup-2', 'SHOP']);
  });

  it('told again changes nothing, and told otherwise is refused', () => {
    expect(decide(told(), known)).toEqual({ kind: 'duplicate' });
    expect(decide(told({ failed: 3 }), known)).toMatchObject({ kind: 'refused', code: 'id_reused' });
  });

  it('is counted anew for makers that come to be known', () => {
    if (known === undefined) throw new Error('nothing was kept');
    expect(Object.keys(countsOfInspection(known))).toEqual(['PRODUCT#pot', 'SHOP']);
    expect(Object.keys(countsOfInspection(known, { brandId: 'kiln' }))).toEqual(['PRODUCT#pot', 'BRAND#kiln', 'SHOP']);
  });
});
