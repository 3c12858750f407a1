import { DAY_MS, dayOf } from '../calendar/calendar.ts';
import { type Anchor, featureNames, type HappenedKind, happenedKinds, type Question } from './features.ts';
import type { LiveCatalogue } from './live-catalogue.ts';
import { type ReasonLocale, reasonText, type TextAnchor } from './reason-texts.ts';

/** What other engines than the scorer say for a product. */
const otherSources = ['personalize', 'newest'] as const;
/** What is added or taken away when a list is arranged. */
const adjustmentCodes = ['demotion', 'diversity', 'limit_relaxed', 'exploration'] as const;
export const reasonCodes = [...featureNames, ...otherSources, ...adjustmentCodes] as const;
export type SourceCode = (typeof featureNames)[number] | (typeof otherSources)[number];
export type ReasonCode = (typeof reasonCodes)[number];

/** A part of a score: the parts of an item add up to its score, exactly and in any order. */
export type ScorePart = { code: ReasonCode; contribution: number; anchor?: Anchor | undefined };

export type ArrangedItem = { item: number; productId: string; score: number; parts: readonly ScorePart[] };

/** What of the past speaks for an item, as an answer tells it. */
export type ReasonAnchor = {
  productId?: string;
  category?: string;
  brandId?: string;
  /** What happened with the product, and when it last did. */
  kind?: HappenedKind;
  at?: string;
};
export type Reason = { code: ReasonCode; contribution: number; text: string; anchor?: ReasonAnchor };
export type ExplainedItem = { productId: string; score: number; reasons: Reason[] };

export type ReasonSurroundings = {
  catalogue: Pick<LiveCatalogue, 'idOf' | 'factsOf' | 'gradeOf'>;
  question: Question;
  /** BCP 47; Chinese ones get Chinese texts, all others English ones. */
  locale?: string | undefined;
  /** IANA; days are told as the clocks there show them. */
  timeZone: string;
  /** What in the question speaks most for an item, by feature. */
  anchorOf?: ((code: SourceCode, item: number) => Anchor | undefined) | undefined;
  /** True where the question knows the product of its page and nothing that anybody did. */
  pageAlone?: boolean | undefined;
  /** After how many days a product is usually bought again, for members who have not shown it themselves. */
  intervalDaysOf?: ((item: number) => number | undefined) | undefined;
};

/** The items of a list as an answer shows them: each part of a score with a sentence, the weightiest first. */
export function explainList(list: readonly ArrangedItem[], surroundings: ReasonSurroundings): ExplainedItem[] {
  const locale = localeOf(surroundings.locale);
  const past = pastOf(surroundings);
  return list.map(({ item, productId, score, parts }) => ({
    productId,
    score,
    reasons: parts.map((part): Reason => {
      const found = part.anchor ?? anchorOf(part.code, item, surroundings);
      const happened = found?.item === undefined ? undefined : past.last(found.item);
      const anchor = found && reasonAnchor(found, happened, surroundings);
      const text = reasonText(part.code, textAnchor(item, part.code, found, happened, past, surroundings), locale);
      return { code: part.code, contribution: part.contribution, text, ...(anchor !== undefined && { anchor }) };
    }),
  }));
}

/** One item as an answer shows it; see `explainList`. */
export function explain(arranged: ArrangedItem, surroundings: ReasonSurroundings): ExplainedItem {
  const [explained] = explainList([arranged], surroundings);
  return explained ?? { productId: arranged.productId, score: arranged.score, reasons: [] };
}

/** Orders the parts of a score as reasons are told: the weightiest first, then as `reasonCodes` has them. Parts of 0 are none. */
export function inTellingOrder(parts: readonly ScorePart[]): ScorePart[] {
  const place = (part: ScorePart) => reasonCodes.indexOf(part.code);
  return parts
    .filter(({ contribution }) => contribution !== 0)
    .sort((one, other) => Math.abs(other.contribution) - Math.abs(one.contribution) || place(one) - place(other));
}

function localeOf(locale: string | undefined): ReasonLocale {
  return /^zh\b/i.test(locale ?? '') ? 'zh' : 'en';
}

function anchorOf(code: ReasonCode, item: number, { anchorOf: ask }: ReasonSurroundings): Anchor | undefined {
  return (adjustmentCodes as readonly ReasonCode[]).includes(code) ? undefined : ask?.(code as SourceCode, item);
}

type LastTime = { kind: HappenedKind; atMs: number };

/** What happened before the question, looked through once for all reasons of a list. */
type Past = {
  /** The last thing that happened with an item; of several at one time the one that says most. */
  last(item: number): LastTime | undefined;
  /** How many midnights ago an instant was, as clocks in the zone show them; never less than none. */
  daysAgo(atMs: number): number;
};

function pastOf({ question, timeZone }: ReasonSurroundings): Past {
  const last = new Map<number, LastTime>();
  for (const list of [question.session, question.recent, question.purchases]) {
    for (const { item, kind, atMs } of list) {
      const known = last.get(item);
      const later = known === undefined || atMs > known.atMs;
      const says = known !== undefined && atMs === known.atMs && rankOf(kind) > rankOf(known.kind);
      if (later || says) last.set(item, { kind, atMs });
    }
  }
  const dayMs = (atMs: number): number => Date.parse(dayOf(atMs, timeZone));
  const nowDayMs = dayMs(question.nowMs);
  const days = new Map<number, number>();
  return {
    last: (item) => last.get(item),
    daysAgo(atMs) {
      const ago = days.get(atMs) ?? Math.max(0, Math.round((nowDayMs - dayMs(atMs)) / DAY_MS));
      days.set(atMs, ago);
      return ago;
    },
  };
}

function rankOf(kind: HappenedKind): number {
  return happenedKinds.indexOf(kind);
}

function reasonAnchor(
  { item, category, brand }: Anchor,
  happened: LastTime | undefined,
  { catalogue }: ReasonSurroundings,
): ReasonAnchor {
  return {
    ...(item !== undefined && { productId: catalogue.idOf(item) }),
    ...(category !== undefined && { category }),
    ...(brand !== undefined && { brandId: brand }),
    ...(happened !== undefined && { kind: happened.kind, at: new Date(happened.atMs).toISOString() }),
  };
}

function textAnchor(
  item: number,
  code: ReasonCode,
  anchor: Anchor | undefined,
  happened: LastTime | undefined,
  past: Past,
  { catalogue, question, intervalDaysOf, pageAlone }: ReasonSurroundings,
): TextAnchor {
  const facts = catalogue.factsOf(item);
  const own = code === 'repeat' ? ownPurchases(item, question) : undefined;
  return {
    product: anchor?.item === undefined ? undefined : nameOf(anchor.item, catalogue),
    happened: happened && { kind: happened.kind, daysAgo: past.daysAgo(happened.atMs) },
    category: anchor?.category ?? facts?.categories[0],
    brand: anchor?.brand ?? facts?.brandId,
    grade: code === 'trust' ? catalogue.gradeOf(item)?.grade : undefined,
    boughtDaysAgo: own?.lastMs === undefined ? undefined : past.daysAgo(own.lastMs),
    everyDays: own?.everyDays,
    usualDays: code === 'repeat' ? wholeDays(intervalDaysOf?.(item)) : undefined,
    pageAlone,
  };
}

/** A number of days as people say it; what is bought twice on one day says nothing of when it is due. */
function wholeDays(days: number | undefined): number | undefined {
  return days === undefined || Math.round(days) < 1 ? undefined : Math.round(days);
}

function nameOf(item: number, catalogue: Pick<LiveCatalogue, 'idOf' | 'factsOf'>): string {
  return catalogue.factsOf(item)?.name ?? catalogue.idOf(item);
}

/** When the member last bought the product and, from the second time on, after how many days on average. */
function ownPurchases(item: number, { purchases }: Question): { lastMs?: number; everyDays?: number } {
  const times = [...new Set(purchases.filter((it) => it.item === item).map(({ atMs }) => atMs))].sort((a, b) => a - b);
  const [first, last] = [times[0], times.at(-1)];
  if (first === undefined || last === undefined) return {};
  const everyDays = Math.round((last - first) / DAY_MS / (times.length - 1));
  return { lastMs: last, ...(times.length > 1 && everyDays > 0 && { everyDays }) };
}
