import type { Found } from '../../shared/domain/privacy/erasure.ts';
import type { Policies } from '../../shared/policy/policies.ts';
import { bookParts } from './export-books.ts';
import { opinionParts } from './export-opinions.ts';
import { type ExportStores, storesOf } from './export-stores.ts';
import { traceParts } from './export-traces.ts';
import type { Everything } from './find-member.ts';

/** A part of an export: how many items it has, and how some of them are read. */
export type Part = { part: string; count: number; load(from: number, to: number): Promise<unknown[]> };

export type Exporting = { memberId: string; all: Everything; found: Found; policies: Policies; nowMs: number };

/** A part whose items are at hand. */
export function whole(part: string, items: readonly unknown[]): Part {
  return { part, count: items.length, load: async (from, to) => items.slice(from, to) };
}

/** A part whose items are read when they are asked for, by their ids. */
export function byIds<Id>(part: string, ids: readonly Id[], load: (ids: readonly Id[]) => Promise<unknown[]>): Part {
  return { part, count: ids.length, load: (from, to) => load(ids.slice(from, to)) };
}

/** All parts there are of a member's export, in the order in which they are given. */
export async function partsOf(exporting: Exporting, stores: ExportStores): Promise<Part[]> {
  return [
    ...(await bookParts(exporting, stores)),
    ...opinionParts(exporting, stores),
    ...traceParts(exporting, stores),
    whole('stores', storesOf(exporting.found)),
  ];
}
