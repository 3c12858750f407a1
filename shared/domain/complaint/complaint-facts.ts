import { hash } from 'node:crypto';
import type { Compensation } from '../../../events/complaint/compensation.ts';
import type {
  complaintCategories,
  complaintOutcomes,
  complaintSeverities,
  complaintWishes,
} from '../../../events/complaint/complaint-target.ts';
import { canonicalJson } from '../intake/content-hash.ts';

export type Category = (typeof complaintCategories)[number];
export type Severity = (typeof complaintSeverities)[number];
export type Wish = (typeof complaintWishes)[number];
export type Outcome = (typeof complaintOutcomes)[number];

/** What a complaint is about; at least one of these. */
export type ComplaintTarget = {
  brandId?: string | undefined;
  supplierId?: string | undefined;
  productId?: string | undefined;
  orderId?: string | undefined;
};

type Fact<Kind extends string, Data> = {
  kind: Kind;
  /** The id of the event, or one of a command's own that no event can have. */
  eventId: string;
  /** Hash of what is said, words included: two facts that say the same are one. */
  hash: string;
  atMs: number;
  data: Data;
  /** Whether words belong to it: they stand in the vault. */
  words?: true | undefined;
};

export type OpenedFact = Fact<
  'opened',
  ComplaintTarget & { memberId: string; category: Category; severity: Severity; wish?: Wish | undefined }
>;
export type InvestigatingFact = Fact<'investigating', { actor: string }>;
export type AnsweredFact = Fact<'answered', { actor: string }>;
export type DecidedFact = Fact<
  'decided',
  { outcome: Outcome; actor?: string | undefined; compensation?: Compensation | undefined }
>;
export type AppealedFact = Fact<'appealed', { actor: string }>;
export type RatedFact = Fact<'rated', { satisfaction: number }>;

/** One thing that is known of a complaint. */
export type ComplaintFact = OpenedFact | InvestigatingFact | AnsweredFact | DecidedFact | AppealedFact | RatedFact;
export type ComplaintFactKind = ComplaintFact['kind'];

/** What somebody has written: a text, and a sentence about a compensation. */
export type Words = { text?: string | undefined; note?: string | undefined };

/** Whose the words of a fact are: what the member says is the member's, and what the desk says belongs to the case. */
export function speakerOf(complaintId: string, fact: ComplaintFact): string {
  if (fact.kind === 'opened') return `MEMBER#${fact.data.memberId}`;
  if (fact.kind === 'appealed') return `MEMBER#${fact.data.actor}`;
  return `COMPLAINT#${complaintId}`;
}

/** Facts of one complaint beyond this are refused: it is a case and no conversation. */
export const FACTS_PER_COMPLAINT_LIMIT = 100;

/** Which fact comes first of two at one instant. */
const RANK: Record<ComplaintFactKind, number> = {
  opened: 0,
  investigating: 1,
  answered: 2,
  decided: 3,
  appealed: 4,
  rated: 5,
};

/** The order of time; of one instant, the order in which things happen to a complaint; then of event ids. */
export function inOrder(a: { fact: ComplaintFact; atMs: number }, b: { fact: ComplaintFact; atMs: number }): number {
  if (a.atMs !== b.atMs) return a.atMs - b.atMs;
  const rank = RANK[a.fact.kind] - RANK[b.fact.kind];
  if (rank !== 0) return rank;
  return a.fact.eventId < b.fact.eventId ? -1 : a.fact.eventId > b.fact.eventId ? 1 : 0;
}

/** What a fact says, with its words, in 22 characters. */
export function saying(content: unknown): string {
  return hash('sha256', canonicalJson(content), 'base64url').slice(0, 22);
}

/** No event can have such an id: a slash is no character of one. */
const COMMAND = 'command/';

/** The id of the fact that a command brings. */
export function commandId(...parts: (string | number)[]): string {
  return COMMAND + parts.join('/');
}

const COMMAND_TYPES: Record<ComplaintFactKind, string> = {
  opened: 'complaint.opening',
  investigating: 'complaint.investigation',
  answered: 'complaint.answer',
  decided: 'complaint.decision',
  appealed: 'complaint.appeal',
  rated: 'complaint.rating',
};

export type Cause = { eventId: string; type: string; subject: string };

/** The event or command that a fact came by. */
export function causeOf(complaintId: string, { kind, eventId }: ComplaintFact): Cause {
  const type = eventId.startsWith(COMMAND) ? COMMAND_TYPES[kind] : `complaint.${kind}.v1`;
  return { eventId, type, subject: complaintId };
}
