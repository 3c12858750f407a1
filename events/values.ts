import * as z from 'zod/mini';

/** Limits that several events share; each refusal names the field and the limit. */
export const LIMITS = {
  linesPerOrder: 2_000,
  quantity: 100_000,
  /** Minor units: ten million currency units a piece. */
  unitPrice: 1_000_000_000,
  /** Minor units: keeps every sum of nets far inside the exact integers of a double. */
  orderNet: 1_000_000_000_000,
  categoriesPerProduct: 20,
  attributesPerProduct: 50,
  couponsPerOrder: 20,
  nameLength: 300,
  textLength: 2_000,
  /** Characters of what a member writes: a review, a complaint. */
  freeTextLength: 10_000,
  titleLength: 300,
} as const;

/** RFC 3339 with offset, such as `2026-01-05T10:00:00Z`; an instant that a calendar knows. */
export const instantSchema = z.iso
  .datetime({ offset: true })
  .check(z.refine((text) => Number.isFinite(Date.parse(text)), 'Not a point in time.'));

/** Money in minor units: `1299` is 12.99. */
export const moneySchema = (limit: number = LIMITS.orderNet) => z.int().check(z.nonnegative(), z.lte(limit));

/** ISO 4217; whether the shop trades in it is the policy's say. */
export const currencySchema = z.string().check(z.regex(/^[A-Z]{3}$/, 'An ISO 4217 code such as GBP.'));

export const channelSchema = z
  .string()
  .check(z.regex(/^[a-z0-9][a-z0-9_-]{0,39}$/, 'A short lower-case name such as web, app, store.'));

/** A path from the widest to the narrowest, such as `Home/Kitchen`. */
export const categorySchema = z.string().check(z.minLength(1), z.maxLength(200));

export const nameSchema = z.string().check(z.minLength(1), z.maxLength(LIMITS.nameLength));
export const reasonSchema = z.string().check(z.maxLength(LIMITS.textLength));

export const localeSchema = z.string().check(
  z.maxLength(35),
  z.refine((tag) => accepts(() => Intl.getCanonicalLocales(tag)), 'Not a BCP 47 language tag.'),
);

export const timeZoneSchema = z.string().check(
  z.minLength(1),
  z.maxLength(64),
  // UTC needs no look-up, and the first look-up loads the tables of all zones: 10 ms of a cold start.
  z.refine(
    (zone) => zone === 'UTC' || accepts(() => new Intl.DateTimeFormat('en', { timeZone: zone })),
    'Not an IANA time zone.',
  ),
);

const DAYS_PER_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** `MM-DD`, or `YYYY-MM-DD` where the year is known; 29 February is a birthday, 29 February 2023 is not. */
export const birthdaySchema = z
  .string()
  .check(z.regex(/^(\d{4}-)?\d{2}-\d{2}$/, 'MM-DD or YYYY-MM-DD.'), z.refine(isBirthday, 'Not a day of the calendar.'));

export const consentsSchema = z.object({
  personalisation: z.optional(z.boolean()),
  marketing: z.optional(z.boolean()),
});

/** The version of the words that a consent was asked for with. */
export const statementVersionSchema = z.string().check(z.minLength(1), z.maxLength(64));

export type Consents = z.output<typeof consentsSchema>;

function isBirthday(text: string): boolean {
  const parts = text.split('-').map(Number);
  const day = parts.at(-1) ?? 0;
  const month = parts.at(-2) ?? 0;
  const year = parts.length === 3 ? (parts[0] ?? 0) : undefined;
  if (day < 1 || day > (DAYS_PER_MONTH[month - 1] ?? 0)) return false;
  const leap = year === undefined || (year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0));
  return month !== 2 || day < 29 || leap;
}

function accepts(attempt: () => unknown): boolean {
  try {
    attempt();
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** Everything below the space but tab and line ends, and the deletes of the second control block. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
export const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/;

/**
 * What a person has written, in any language, kept and answered as it is: markup in it is text like any other. Refused where it
 * is empty (`empty_text`), too long (`too_big`) or has control characters (`control_character`).
 */
export const freeTextSchema = (limit: number = LIMITS.freeTextLength) =>
  z.string().check(
    z.maxLength(limit),
    z.refine((text) => text.trim() !== '', {
      message: 'There is nothing in it; leave the field out.',
      params: { code: 'empty_text' },
    }),
    z.refine((text) => !CONTROL.test(text), {
      message: 'Control characters, other than tabs and line ends, are not text.',
      params: { code: 'control_character' },
    }),
  );

/** A rating in whole stars. */
export const starsSchema = z.int().check(z.gte(1), z.lte(5));
