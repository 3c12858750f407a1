import * as z from 'zod/mini';
import { complaintCategories, complaintWishes } from '../../events/complaint/complaint-target.ts';
import { freeTextSchema } from '../../events/values.ts';
import { name } from './policy-parts.ts';

/** Hours on the clock, or of business where the shop keeps hours: a month at most. */
const hours = z.int().check(z.gte(1), z.lte(720));

const deadlines = {
  /** From the opening to the first answer, and to the decision. */
  answerHours: hours,
  decideHours: hours,
  /** From an appeal to the decision on it. */
  appealHours: hours,
};

const clockTime = z.string().check(z.regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'A time of day such as 09:00.'));

/** From, to: in the shop's time zone; the end is not part of it. */
const opening = z
  .strictObject({ from: clockTime, to: clockTime })
  .check(z.refine((it) => it.from < it.to, { path: ['to'], message: 'A day closes after it opens.' }));

export const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const;

/** Less than this in a week, and a deadline of a month would lie years ahead. */
const LEAST_MINUTES_A_WEEK = 300;

const businessHours = z
  .strictObject({
    /** A day that is left out is closed. */
    sunday: z.optional(opening),
    monday: z.optional(opening),
    tuesday: z.optional(opening),
    wednesday: z.optional(opening),
    thursday: z.optional(opening),
    friday: z.optional(opening),
    saturday: z.optional(opening),
    /** Days on which the shop is closed whatever day of the week they are. */
    holidays: z.optional(z.array(z.iso.date()).check(z.maxLength(400))),
  })
  .check(
    z.refine(
      (it) => weekdays.reduce((sum, day) => sum + openMinutes(it[day]), 0) >= LEAST_MINUTES_A_WEEK,
      'A shop that keeps hours is open five hours a week or more.',
    ),
  );

/** Minutes since midnight of a time of day. */
export function minutesOf(time: string): number {
  const [hour, minute] = time.split(':').map(Number);
  return (hour ?? 0) * 60 + (minute ?? 0);
}

function openMinutes(day: { from: string; to: string } | undefined): number {
  return day === undefined ? 0 : minutesOf(day.to) - minutesOf(day.from);
}

/** How complaints are handled: by when, who is told, and what the desk is given to begin with. */
export const complaintsSchema = z.strictObject({
  ...deadlines,
  /** Shorter deadlines for some; what is left out is as above. */
  severities: z.strictObject({
    low: z.optional(z.partial(z.strictObject(deadlines))),
    normal: z.optional(z.partial(z.strictObject(deadlines))),
    high: z.optional(z.partial(z.strictObject(deadlines))),
  }),
  /** Left out, deadlines run on the clock. */
  businessHours: z.optional(businessHours),
  /** A decided complaint that the member neither rates nor appeals closes after so many days. */
  closeAfterDays: z.int().check(z.gte(1), z.lte(365)),
  /** What raises a complaint to a level, and whose it is then; the highest level counts. */
  escalation: z
    .array(
      z.strictObject({
        when: z.enum(['severity_high', 'answer_overdue', 'decision_overdue', 'appeal_overdue']),
        level: z.int().check(z.gte(1), z.lte(9)),
        to: name,
      }),
    )
    .check(z.maxLength(20)),
  /** Answers that the desk may begin with, by category; `wish`: only where the member wishes for that. A person decides. */
  suggestions: z
    .array(
      z.strictObject({
        id: name,
        category: z.enum(complaintCategories),
        wish: z.optional(z.enum(complaintWishes)),
        text: freeTextSchema(1_000),
      }),
    )
    .check(
      z.maxLength(100),
      z.refine((all) => new Set(all.map(({ id }) => id)).size === all.length, 'Two suggestions share an id.'),
    ),
  /** What the desk aims at; shares between 0 and 1. */
  goals: z.strictObject({
    firstResponseMinutes: z.int().check(z.gte(1), z.lte(100_000)),
    resolutionShare: z.number().check(z.gte(0), z.lte(1)),
    satisfactionShare: z.number().check(z.gte(0), z.lte(1)),
    complaintRate: z.number().check(z.gte(0), z.lte(1)),
  }),
});

export type ComplaintPolicy = z.output<typeof complaintsSchema>;
export type BusinessHours = z.output<typeof businessHours>;
