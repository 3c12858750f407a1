import { expect } from 'vitest';
import { findEvent } from '../../events/catalogue.ts';
import type { CloudEvent } from '../../events/envelope.ts';
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
      return type === 'tier.changed.v1'
        ? `${memberId} ${from} to ${to}`
        : `${memberId} ${type === 'points.earned.v1' ? points : -(points ?? 0)}`;
    });
    const booked = [...journals].flatMap(([memberId, entries]) =>
      entries.flatMap((entry) => {
        if (entry.kind === 'tier') return [`${memberId} ${entry.from} to ${entry.to}`];
        const isNews = (entry.kind === 'earn' || entry.kind === 'reverse') && entry.points !== 0;
        return isNews ? [`${memberId} ${entry.points}`] : [];
      }),
    );
    expect(announced.sort(), `${context}, announcements`).toEqual(booked.sort());
  }
}
