import type { Item } from '../../../shared/adapters/dynamo/profile-records.ts';
import type { TableName } from '../../constructs/wiring.ts';

/** Something that is not as the facts would have it. */
export type Difference = {
  /** What it is about: `account mem-1`, `product teapot`. */
  subject: string;
  part: string;
  stands: unknown;
  should: unknown;
};

/**
 * What an item adds to a sum that has to come out even: `stands`, where it is the sum itself, `should`, where it is one of the
 * things that were summed up.
 */
export type Contribution = { subject: string; part: string; stands?: number; should?: number };

/** One kind of item that is held against the facts. */
export type ItemCheck = {
  /** What is counted: `accounts`, `reviews`. */
  name: string;
  table: TableName;
  concerns(item: Item): boolean;
  /** What is wrong with each of the items, in their order; everything else that this takes is read anew, as it is at this moment. */
  check(items: readonly Item[]): Promise<Difference[][]>;
};

export const pkOf = (item: Item): string => item.pk?.S ?? '';
export const skOf = (item: Item): string => item.sk?.S ?? '';
export const nameOf = (item: Item): string => `${pkOf(item)} ${skOf(item)}`;
/** `MEMBER#ann` is `ann`. */
export const idIn = (pk: string): string => pk.slice(pk.indexOf('#') + 1);

/**
 * A number that stands for a text in a sum: sums of the same texts are the same in any order. 32 bits, so that two million of them
 * add up exactly. FNV-1a (Fowler, Noll and Vo).
 */
export function markOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}
