import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { orderPlaced } from '../../../events/order/order-placed.v1.ts';
import {
  causeOf,
  correlated,
  isFollowed,
  ownCorrelation,
  traced,
  traceOf,
} from '../../../shared/domain/trace/trace.ts';

const event = { ...orderPlaced.sample, id: 'evt-1' as (typeof orderPlaced.sample)['id'] };
const caused = (cause: unknown) => ({ ...event, data: { cause } });

describe('a trace', () => {
  it('begins with an event that has none', () => {
    expect(traceOf(event)).toEqual({ eventId: 'evt-1', correlationId: 'evt-1' });
    expect(ownCorrelation(event)).toBeUndefined();
  });

  it('goes on with an event that has one', () => {
    const later = { ...event, correlationid: 'visit-7', causationid: 'evt-0' };
    expect(traceOf(later)).toEqual({ eventId: 'evt-1', correlationId: 'visit-7', causationId: 'evt-0' });
    expect(ownCorrelation(later)).toBe('visit-7');
  });

  it.each([[''], ['Ann Smith'], ['ann@example.com'], ['x'.repeat(129)], [7], [null], [{}]])(
    'is no such thing as %j',
    (odd) => {
      expect(traceOf({ ...event, correlationid: odd, causationid: odd } as typeof event)).toEqual(traceOf(event));
      expect(correlated({ ...event, correlationid: odd }, 'visit-7')).toMatchObject({ correlationid: 'visit-7' });
    },
  );

  it('is given to an event that has none, and to no other', () => {
    expect(correlated(event, 'visit-7')).toEqual({ ...event, correlationid: 'visit-7' });
    expect(correlated(event, undefined)).toBe(event);
    const other = { ...event, correlationid: 'visit-1' };
    expect(correlated(other, 'visit-7')).toBe(other);
  });
});

describe('what we announce', () => {
  it('goes back to its cause, and to where that began', () => {
    const announced = caused({ eventId: 'evt-0', type: 'order.placed.v1', subject: 'ord-1' });
    expect(causeOf(announced)).toBe('evt-0');
    expect(traced(announced, new Map())).toMatchObject({ causationid: 'evt-0', correlationid: 'evt-0' });
    expect(traced(announced, new Map([['evt-0', 'visit-7']]))).toMatchObject({
      causationid: 'evt-0',
      correlationid: 'visit-7',
    });
  });

  it.each([
    ['has no cause', undefined],
    ['was brought by the clock', { eventId: 'deadline/answer', type: 'complaint.deadline' }],
    ['has a cause that nobody knows', { eventId: 'ann', type: 'unknown' }],
    ['has a cause without an id', { type: 'order.placed.v1' }],
  ])('is a beginning where it %s', (_what, cause) => {
    const announced = caused(cause);
    expect(traced(announced, new Map([['ann', 'visit-7']]))).toBe(announced);
  });
});

describe('what is followed', () => {
  it('is one in so many, whatever the ids look like', () => {
    for (const prefix of ['', 'evt-', 'ord-2026-01-05:placed:', '3f2504e0-4f89-11d3-9a0c-0305e82c']) {
      const count = 20_000;
      const followed = Array.from({ length: count }, (_, n) => `${prefix}${n}`).filter((id) =>
        isFollowed(id, 16),
      ).length;
      expect(followed / count, prefix).toBeGreaterThan(0.05);
      expect(followed / count, prefix).toBeLessThan(0.075);
    }
  });

  it('is the same in every function, and everything where all is asked for', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 100 }), (id, oneIn) => {
        expect(isFollowed(id, oneIn)).toBe(isFollowed(id, oneIn));
        expect(isFollowed(id, 1)).toBe(true);
      }),
      { seed: 7, numRuns: 200 },
    );
  });
});
