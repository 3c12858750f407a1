import type { Chance } from './chance.ts';
import { edited, type TextSource, textSource, type Wanted } from './fake-texts.ts';
import { type AttackKind, DAY_MS, type SimulatedReview } from './simulated-review.ts';

/**
 * Attacks on a stream of some 50,000 real reviews, about 3,000 false ones or 6 %. Whoever attacks has read how they are found: a
 * part of the items is bought so that the reviews are verified, stars vary, most texts are new or edited, many accounts are used
 * once, and reviews are spread over time. Targets are products with at least twenty real reviews in that time, so that there is a
 * rating to move; half of the accounts of bursts, copies and bombings belong to an agency that uses each for several jobs.
 *
 * | kind | how many | what |
 * |---|---|---|
 * | burst | 25 times 10 to 40 reviews | a seller lifts a product within 1 to 4 days: nine in ten fives, else fours; three in ten bought |
 * | drip | 25 times one for every two and a half to five real ones | the same over 60 to 120 days, below the usual rate of a product with at least 25 real reviews; half bought; each account once, of any age |
 * | copies | 25 times 10 to 30 reviews | over 10 to 40 days, with real texts of other products, one to four edits each; half bought |
 * | bombing | 25 times 8 to 30 reviews | a competitor pulls a product down within 1 to 7 days: ones, some twos; one in seven bought |
 * | farm | 3 times 25 members with 6 to 16 reviews each | reviews for points: 40 products within 5 weeks, by three in ten of the members within two days; stars 3 to 5, few words, some of them their own again; half bought |
 * | sleepers | 6 times 15 accounts with 2 to 6 reviews each | accounts of 200 to 600 days wake for two weeks and praise up to eight products, of several sellers or of one; half bought |
 *
 * A drip is hardly told from honest buyers, one in seven of its reviews or so: what keeps the rating from it is its own pace, and
 * that reviews without a purchase weigh less. One for every two real ones would move the rating by 0.1 and more, and hardly be seen either.
 */
const SIZES: Record<AttackKind, number> = { burst: 25, drip: 25, copies: 25, bombing: 25, farm: 3, sleepers: 6 };
const LEAST_REVIEWS = 20;
const LEAST_TO_HIDE_AMONG = 25;
const LEAST_DRIP = 5;
const AGENCY_ACCOUNTS = 250;
const AGENCY_SHARE = 0.5;
const FRESH_DAYS = 45;

/** One attack: whom it is on, from when to when. */
export type Attack = { id: string; kind: AttackKind; productIds: string[]; untilMs: number };

export type Attacked = {
  /** Real and false ones together, by time, then id. */
  reviews: SimulatedReview[];
  attacks: Attack[];
};

type Target = { productId: string; brandId: string; times: number[]; inTime: number };
type Account = { memberId: string; openedMs: number | undefined; ageDays: number };
type Stage = { chance: Chance; texts: TextSource; targets: Target[]; spanMs: [number, number]; agency: Account[] };
type Job = { id: string; kind: AttackKind; target: Target; account: Account; atMs: number; stars: number };

/** Puts attacks into a stream from an instant on; `share` of their number. The same chance gives the same attacks. */
export function attacked(
  real: readonly SimulatedReview[],
  chance: Chance,
  { fromMs = Number.NEGATIVE_INFINITY, share = 1 }: { fromMs?: number; share?: number } = {},
): Attacked {
  const stage = stageOf(real, chance, fromMs);
  const reviews: SimulatedReview[] = [];
  const attacks: Attack[] = [];
  for (const kind of Object.keys(SIZES) as AttackKind[]) {
    for (let number = 1; number <= Math.max(1, Math.round(SIZES[kind] * share)); number += 1) {
      const id = `${kind}-${number}`;
      const own = RUN[kind](id, stage);
      const last = Math.max(...own.map(({ atMs }) => atMs));
      attacks.push({ id, kind, productIds: [...new Set(own.map(({ productId }) => productId))], untilMs: last });
      reviews.push(...own.map((review, index) => ({ ...review, reviewId: idOf(id, index, chance) })));
    }
  }
  const all = [...real, ...reviews].sort((a, b) => a.atMs - b.atMs || (a.reviewId < b.reviewId ? -1 : 1));
  return { reviews: all, attacks };
}

function stageOf(real: readonly SimulatedReview[], chance: Chance, fromMs: number): Stage {
  const targets = new Map<string, Target>();
  for (const { productId, brandId, atMs } of real) {
    const target = targets.get(productId) ?? { productId, brandId, times: [], inTime: 0 };
    target.times.push(atMs);
    if (atMs >= fromMs) target.inTime += 1;
    targets.set(productId, target);
  }
  const inTime = real.filter(({ atMs }) => atMs >= fromMs);
  const agency = Array.from(
    { length: AGENCY_ACCOUNTS },
    (_, index): Account => ({
      memberId: `agency-${index + 1}`,
      openedMs: undefined,
      ageDays: chance.whole(0, 120),
    }),
  );
  return {
    chance,
    texts: textSource(real, chance),
    targets: [...targets.values()].filter(({ inTime }) => inTime >= LEAST_REVIEWS),
    spanMs: [inTime[0]?.atMs ?? 0, inTime.at(-1)?.atMs ?? 0],
    agency,
  };
}

/** Ids as shops give them: nothing can be read out of them, not even by sorting. */
function idOf(attack: string, index: number, chance: Chance): string {
  return `${chance.whole(0, 0xfffffff).toString(16).padStart(7, '0')}-${attack}-${index}`;
}

const RUN: Record<AttackKind, (id: string, stage: Stage) => SimulatedReview[]> = {
  burst(id, stage) {
    const { chance, texts } = stage;
    return campaign(id, 'burst', stage, { count: [10, 40], days: [1, 4] }, (job) => ({
      stars: chance.happens(0.9) ? 5 : 4,
      verified: chance.happens(0.3),
      text: textOf(chance, job, [
        [0.45, texts.composed],
        [0.15, texts.copied],
        [0.2, texts.short],
      ]),
    }));
  },

  drip(id, stage) {
    const { chance, texts } = stage;
    const shape = { perReal: [0.2, 0.4], days: [60, 120], agencyShare: 0, ageDays: 300 } as const;
    return campaign(id, 'drip', stage, shape, (job) => ({
      stars: chance.happens(0.8) ? 5 : 4,
      verified: chance.happens(0.5),
      text: textOf(chance, job, [
        [0.35, texts.composed],
        [0.1, texts.copied],
        [0.15, texts.short],
      ]),
    }));
  },

  copies(id, stage) {
    const { chance, texts } = stage;
    return campaign(id, 'copies', stage, { count: [10, 30], days: [10, 40] }, (job) => ({
      stars: chance.happens(0.85) ? 5 : 4,
      verified: chance.happens(0.5),
      text: textOf(chance, job, [[1, texts.copied]]),
    }));
  },

  bombing(id, stage) {
    const { chance, texts } = stage;
    return campaign(id, 'bombing', stage, { count: [8, 30], days: [1, 7] }, ({ beforeMs }) => {
      const stars = chance.happens(0.85) ? 1 : 2;
      return {
        stars,
        verified: chance.happens(0.15),
        text: textOf(chance, { stars, beforeMs }, [
          [0.35, texts.composed],
          [0.25, texts.copied],
          [0.2, texts.short],
        ]),
      };
    });
  },

  farm(id, stage) {
    const { chance, texts } = stage;
    const targets = chance.some(stage.targets, 40);
    const fromMs = startOf(stage, 35);
    const members = Array.from({ length: 25 }, (_, index) => freshAccount(`${id}-member-${index + 1}`, 90, chance));
    return members.flatMap((account) => {
      const own = texts.composed({ stars: 5, beforeMs: fromMs });
      const hurries = chance.happens(0.3);
      const hurriedMs = fromMs + (hurries ? chance.whole(0, 33) * DAY_MS : 0);
      return chance.some(targets, chance.whole(6, 16)).map((target) => {
        const stars = chance.happens(0.6) ? 5 : chance.happens(0.7) ? 4 : 3;
        const atMs = hurriedMs + Math.floor(chance.next() * (hurries ? 2 : 35) * DAY_MS);
        const text = textOf(chance, { stars, beforeMs: fromMs }, [
          [0.4, texts.short],
          [0.25, texts.composed],
          [0.05, texts.copied],
          [0.15, () => edited(own, chance)],
        ]);
        return review(
          { id, kind: 'farm', target, account, atMs, stars },
          { stars, verified: chance.happens(0.5), text },
        );
      });
    });
  },

  sleepers(id, stage) {
    const { chance, texts } = stage;
    const client = chance.one(stage.targets).brandId;
    const ofClient = stage.targets.filter(({ brandId }) => brandId === client);
    const targets = chance.some(ofClient.length >= 4 && chance.happens(0.5) ? ofClient : stage.targets, 8);
    const fromMs = startOf(stage, 14);
    const accounts = Array.from(
      { length: 15 },
      (_, index): Account => ({
        memberId: `${id}-account-${index + 1}`,
        openedMs: fromMs - chance.whole(200, 600) * DAY_MS,
        ageDays: 0,
      }),
    );
    return accounts.flatMap((account) =>
      chance.some(targets, chance.whole(2, 6)).map((target) => {
        const stars = chance.happens(0.85) ? 5 : 4;
        const atMs = fromMs + Math.floor(chance.next() * 14 * DAY_MS);
        const text = textOf(chance, { stars, beforeMs: fromMs }, [
          [0.45, texts.composed],
          [0.2, texts.copied],
          [0.15, texts.short],
        ]);
        const made = { stars, verified: chance.happens(0.5), text };
        return review({ id, kind: 'sleepers', target, account, atMs, stars }, made);
      }),
    );
  },
};

type Made = { stars: number; verified: boolean; text: string };
type Range = readonly [number, number];
/** How many reviews, as a number or for each real one of the time, within how many days, and by whom. */
type Shape = ({ count: Range } | { perReal: Range }) & { days: Range; agencyShare?: number; ageDays?: number };

/** Reviews of one product, by accounts of which each gives one. */
function campaign(
  id: string,
  kind: AttackKind,
  stage: Stage,
  shape: Shape,
  make: (job: Wanted) => Made,
): SimulatedReview[] {
  const { chance, agency } = stage;
  const { days, agencyShare = AGENCY_SHARE, ageDays = FRESH_DAYS } = shape;
  const hides = 'perReal' in shape;
  const target = chance.one(stage.targets.filter(({ inTime }) => !hides || inTime >= LEAST_TO_HIDE_AMONG));
  const length = chance.whole(...days);
  const fromMs = startOf(stage, length, target);
  const size = hides
    ? Math.max(LEAST_DRIP, Math.round(realWithin(target, fromMs, length) * between(shape.perReal, chance)))
    : chance.whole(...shape.count);
  const hired = chance.some(agency, Math.round(size * agencyShare));
  return Array.from({ length: size }, (_, index) => {
    const account = hired[index] ?? freshAccount(`${id}-account-${index}`, ageDays, chance);
    const atMs = fromMs + Math.floor(chance.next() * length * DAY_MS);
    const made = make({ stars: kind === 'bombing' ? 1 : 5, beforeMs: fromMs });
    return review({ id, kind, target, account, atMs, stars: made.stars }, made);
  });
}

function realWithin({ times }: Target, fromMs: number, days: number): number {
  return times.filter((atMs) => atMs >= fromMs && atMs < fromMs + days * DAY_MS).length;
}

function between([from, to]: Range, chance: Chance): number {
  return from + chance.next() * (to - from);
}

/** Within the life of the product where there is one, so that the attack is on something that sells. */
function startOf({ chance, spanMs: [fromMs, toMs] }: Stage, days: number, target?: Target): number {
  const room = toMs - days * DAY_MS;
  const wanted = target === undefined ? fromMs + chance.next() * (room - fromMs) : chance.one(target.times);
  return Math.floor(Math.max(fromMs, Math.min(room, wanted)));
}

function freshAccount(memberId: string, days: number, chance: Chance): Account {
  return { memberId, openedMs: undefined, ageDays: chance.whole(0, days) };
}

function review({ id, kind, target, account, atMs }: Job, { stars, verified, text }: Made): SimulatedReview {
  // The account is as old as it was to be when it is first used, and grows older from then on.
  account.openedMs = Math.min(account.openedMs ?? atMs - account.ageDays * DAY_MS, atMs);
  return {
    reviewId: '',
    memberId: account.memberId,
    productId: target.productId,
    brandId: target.brandId,
    atMs,
    stars,
    verified,
    text,
    accountAgeDays: Math.floor((atMs - account.openedMs) / DAY_MS),
    attack: { kind, id },
  };
}

/** A text by one of several ways with their shares; none for what is left of 1. */
function textOf(
  chance: Chance,
  wanted: Wanted,
  ways: readonly (readonly [number, (wanted: Wanted) => string])[],
): string {
  let drawn = chance.next();
  for (const [share, write] of ways) {
    if (drawn < share) return write(wanted);
    drawn -= share;
  }
  return '';
}
