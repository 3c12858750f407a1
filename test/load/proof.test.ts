import { describe, expect, it } from 'vitest';
import { findEvent } from '../../events/catalogue.ts';
import { errorsOf, isGood, latencies, quantiles } from '../../infra/load/figures.ts';
import type { Outcome } from '../../infra/load/open-loop.ts';
import { isEvent, type PlannedRequest, planLoad, requestKinds } from '../../infra/load/plan.ts';
import { missingAndDoubled, nameKept } from '../../infra/load/proof.ts';

const options = { seed: 3, rate: 200, seconds: 60, startMs: Date.parse('2026-11-23T10:00:00Z'), tag: 't' };

describe('what is asked of a shop', () => {
  const plan = planLoad(options);

  it('is the same for the same seed, and other for another', () => {
    expect(planLoad(options)).toEqual(plan);
    expect(planLoad({ ...options, seed: 4 }).requests).not.toEqual(plan.requests);
  });

  it('is 70 % reads and 30 % events of every kind, over a minute', () => {
    expect(plan.requests).toHaveLength(12_000);
    const events = plan.requests.filter(({ kind }) => isEvent(kind)).length;
    expect(events / plan.requests.length).toBeCloseTo(0.3, 1);
    for (const kind of requestKinds) {
      expect(plan.requests.filter((it) => it.kind === kind).length, kind).toBeGreaterThan(100);
    }
    expect(plan.requests.at(-1)?.atMs).toBeGreaterThan(55_000);
    expect(plan.requests.at(-1)?.atMs).toBeLessThan(65_000);
  });

  it('is of events that are valid, each with an id of its own, of a kind that is that of its request', () => {
    const told = plan.requests.flatMap(({ event, kind }) => (event === undefined ? [] : [{ event, kind }]));
    for (const { event, kind } of told) expect(event.type).toBe(`${kind}.v1`);
    const all = [...plan.shop, ...told.map(({ event }) => event)];
    for (const event of all) expect(findEvent(event.type)?.parse(event)).toMatchObject({ ok: true });
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  });

  it('lets nobody check in twice, and sends no order back twice', () => {
    const subjects = (type: string) =>
      plan.requests.flatMap(({ event }) => (event?.type === type ? [event.subject] : []));
    for (const type of ['member.checked_in.v1', 'order.returned.v1', 'order.completed.v1', 'order.placed.v1']) {
      expect(new Set(subjects(type)).size, type).toBe(subjects(type).length);
    }
  });
});

describe('what is there', () => {
  const [first, second, third] = planLoad(options).requests.flatMap(({ event }) => event ?? []);
  const events = [first!, second!, third!];

  it('is missed where it is not, and noticed where it is twice', () => {
    const kept = new Map([
      [nameKept(events[0]!), 1],
      [nameKept(events[2]!), 2],
    ]);
    expect(missingAndDoubled(events, kept)).toEqual({ missing: [events[1]], doubled: [events[2]] });
  });
});

describe('figures', () => {
  const outcome = (
    answer: number | string,
    accepted = false,
    kind: PlannedRequest['kind'] = 'order.placed',
  ): Outcome => {
    const [event] = planLoad(options).shop;
    const planned = { atMs: 0, kind, memberId: 'm', ...(isEvent(kind) && event !== undefined ? { event } : {}) };
    return { planned, latencyMs: 10, doneMs: 10, answer, accepted };
  };

  it('are nearest ranks', () => {
    const hundred = Array.from({ length: 100 }, (_, at) => 100 - at);
    expect(quantiles(hundred)).toEqual({ count: 100, p50: 50, p90: 90, p99: 99, max: 100 });
    expect(quantiles([])).toEqual({ count: 0, p50: 0, p90: 0, p99: 0, max: 0 });
  });

  it('count as good an event that was taken and a read that was answered, and nothing else', () => {
    expect(isGood(outcome(202, true))).toBe(true);
    // Rejected by itself, within an answer that is none of an error.
    expect(isGood(outcome(202, false))).toBe(false);
    expect(isGood(outcome(200, false, 'member'))).toBe(true);
    expect(isGood(outcome(404, false, 'member'))).toBe(false);
    expect(errorsOf([outcome(202, true), outcome(503), outcome(503), outcome('ECONNRESET')])).toEqual({
      503: 2,
      ECONNRESET: 1,
    });
  });

  it('leave out of latencies what was never answered', () => {
    expect(latencies([outcome(202, true), outcome('ECONNREFUSED')]).all?.count).toBe(1);
  });
});
