import { expect } from 'vitest';
import { findEvent } from '../../events/catalogue.ts';
import type { CloudEvent } from '../../events/envelope.ts';
import { isEntry } from '../../shared/domain/loyalty/entries.ts';
import type { JournalEntry } from '../../shared/domain/loyalty/journal.ts';

/** Collects what is announced on the bus; an announcement that comes twice carries the same id and counts once. */
export class Announcements {
  readonly #told = new Map<string, CloudEvent>();

  /** Given to a runtime as `onEvent`. */
  readonly hear = (event: Readonly<Record<string, unknown>>): void => {
    if (event.source !== 'rapport.loyalty') return;
    const detail = event.detail as CloudEvent;
    this.#told.set(detail.id, detail);
  };

  forget(): void {
    this.#told.clear();
  }

  /** Nothing has been announced that was not booked, and everything booked has been announced, by these journals. */
  expectToTell(journals: ReadonlyMap<string, readonly JournalEntry[]>, context = ''): void {
    const told = [...this.#told.values()];
    for (const event of told) expect(findEvent(event.type)?.parse(event), context).toMatchObject({ ok: true });
    const announced = told.map(({ type, data }) => {
      const { memberId, points, from, to } = data as { memberId: string; points?: number; from?: string; to?: string };
      if (type === 'tier.changed.v1') return `${memberId} ${from} to ${to}`;
      const gone = type === 'points.reversed.v1' || type === 'points.redeemed.v1' || type === 'points.expired.v1';
      return `${memberId} ${gone ? -(points ?? 0) : points}`;
    });
    const booked = [...journals].flatMap(([memberId, entries]) =>
      entries.flatMap((entry) => {
        if (entry.kind === 'tier') return [`${memberId} ${entry.from} to ${entry.to}`];
        if (!isEntry(entry)) return [];
        const { kind, state, points } = entry;
        const moved = ['earn', 'reverse', 'refund', 'redeem'].includes(kind) && points !== 0;
        const released = kind === 'available' && state === 'available' && points > 0;
        return moved || released || (kind === 'expire' && points < 0) ? [`${memberId} ${entry.points}`] : [];
      }),
    );
    expect(announced.sort(), `${context}, announcements`).toEqual(booked.sort());
  }
}
