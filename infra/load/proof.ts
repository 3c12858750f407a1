/**
 * Whether everything that the shop has taken is there, and there once: each event by its id, where its fact is kept; what follows from them in every
 * ledger, against the pure fold of the same events; and all accounts and scores against the facts.
 */
import { findEvent } from '../../events/catalogue.ts';
import type { CloudEvent } from '../../events/envelope.ts';
import { fromColumns, type HistoryColumns } from '../../shared/adapters/dynamo/history-columns.ts';
import { policyStore } from '../../shared/adapters/dynamo/policy-store.ts';
import { type Item, readRecord } from '../../shared/adapters/dynamo/profile-records.ts';
import { contentHash } from '../../shared/domain/intake/content-hash.ts';
import { pendingPoints } from '../../shared/domain/loyalty/account.ts';
import { checkInOf } from '../../shared/domain/loyalty/cause-facts.ts';
import { isEntry } from '../../shared/domain/loyalty/entries.ts';
import { type OrderFact, type OrderFactKind, orderFact } from '../../shared/domain/loyalty/order-facts.ts';
import { type LoyaltyFact, type Replay, replay } from '../../shared/domain/loyalty/replay.ts';
import { interactionFacts } from '../../shared/domain/recommend/history-facts.ts';
import type { OutgoingEvent } from '../importers/importer.ts';
import type { ShopConnection } from '../importers/shop-connection.ts';
import { type LedgerEntry, type MemberView, readLedger } from '../importers/shop-figures.ts';
import type { RepairBackend } from '../repair/backend.ts';
import { reconcile } from '../repair/reconcile/reconcile.ts';
import { scanTable } from '../repair/reconcile/table-scan.ts';

/** How often each fact is kept, by the event that told it. */
export type Kept = ReadonlyMap<string, number>;

type Facts = { facts: readonly { eventId: string }[] };

const orderFacts: Readonly<Record<string, OrderFactKind>> = {
  'order.placed.v1': 'placed',
  'order.completed.v1': 'completed',
  'order.returned.v1': 'returned',
};

/** The facts in the tables, of orders, check-ins, reviews and views. */
export async function readKept(backend: RepairBackend): Promise<Kept> {
  const kept = new Map<string, number>();
  const keep = (name: string): void => void kept.set(name, (kept.get(name) ?? 0) + 1);
  const factsIn = (item: Item): readonly { eventId: string }[] => readRecord<Facts>(item)?.facts ?? [];
  const isKept = (sk: string): boolean => sk === 'ORDER' || sk === 'REVIEW' || sk.startsWith('CAUSE#checkin:');
  for (const table of ['profile', 'reputation'] as const) {
    await scanTable(backend.dynamo, backend.table(table), async (items) => {
      for (const item of items) if (isKept(item.sk?.S ?? '')) for (const { eventId } of factsIn(item)) keep(eventId);
    });
  }
  await scanTable(backend.dynamo, backend.table('recommend'), async (items) => {
    for (const item of items) {
      const columns = item.sk?.S === 'INTERACTIONS' ? readRecord<HistoryColumns>(item) : undefined;
      if (columns === undefined) continue;
      for (const { eventId, atMs } of fromColumns(columns).interactions)
        keep(viewName(item.pk?.S ?? '', eventId, atMs));
    }
  });
  return kept;
}

/** Under which name the fact of an event is kept: a history holds but the beginning of a hash of its id, beside whose and when it was. */
export function nameKept(event: OutgoingEvent): string {
  if (event.type !== 'product.viewed.v1') return event.id;
  const { memberId, productId } = event.data as { memberId: string; productId: string };
  const said = { ...event, data: { productId } } as unknown as CloudEvent<string, { productId: string }>;
  const [view] = interactionFacts('view', said).interactions ?? [];
  return viewName(`MEMBER#${memberId}`, view?.eventId ?? '', view?.atMs ?? 0);
}

const viewName = (owner: string, eventId: string, atMs: number): string => `${owner} ${eventId} ${atMs}`;

/** Events of which the fact is not kept, and those of which it is kept more than once. */
export function missingAndDoubled(
  events: readonly OutgoingEvent[],
  kept: Kept,
): { missing: OutgoingEvent[]; doubled: OutgoingEvent[] } {
  const times = (event: OutgoingEvent): number => kept.get(nameKept(event)) ?? 0;
  return { missing: events.filter((it) => times(it) === 0), doubled: events.filter((it) => times(it) > 1) };
}

/**
 * Compares what the shop says of members, over HTTP, with the pure fold of all events that it was told, and every account and score with its facts.
 * @returns what differs, one sentence each
 */
export async function differencesFrom(
  events: readonly OutgoingEvent[],
  memberIds: readonly string[],
  { backend, shop }: { backend: RepairBackend; shop: ShopConnection },
): Promise<string[]> {
  const policies = await policyStore(backend.dynamo, backend.table('profile')).load();
  const expected = replay(events.flatMap(factOf), policies);
  const wrong: string[] = [];
  const waiting = [...memberIds];
  const read = async (): Promise<void> => {
    for (let memberId = waiting.pop(); memberId !== undefined; memberId = waiting.pop()) {
      const view = await shop.get<MemberView>(`/v1/members/${memberId}`);
      wrong.push(...differencesOf(memberId, { view, lines: await readLedger(shop, memberId), expected }));
    }
  };
  await Promise.all(Array.from({ length: READERS }, read));
  const { differences, moving } = await reconcile(backend);
  for (const { subject, part, stands, should } of differences) {
    wrong.push(`${subject}: ${part} is ${shown(stands)}, and by its facts should be ${shown(should)}`);
  }
  wrong.push(...moving.map((subject) => `${subject} does not come to rest`));
  return wrong;
}

const READERS = 4;
const SHOWN_LENGTH = 300;

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, SHOWN_LENGTH);
}

type Line = LedgerEntry & { state: string; cause: { eventId: string; type: string; subject: string } };

/** Points for reviews hang on what becomes of the reviews: they are judged by the facts, and here only added. */
function differencesOf(
  memberId: string,
  { view, lines, expected }: { view: MemberView | undefined; lines: readonly LedgerEntry[]; expected: Replay },
): string[] {
  if (view === undefined) return [`member ${memberId} is not known`];
  const account = expected.accounts.get(memberId);
  const all = lines as readonly Line[];
  const ofReviews = all.filter(({ cause }) => cause.type.startsWith('review.'));
  const others = all.filter((line) => !ofReviews.includes(line));
  const sum = (some: readonly { state: string; points: number }[], state: string): number =>
    some.reduce((total, line) => total + (line.state === state ? line.points : 0), 0);
  const should = (expected.movements.get(memberId) ?? []).filter(isEntry);
  const figures: [what: string, stands: number, should: number][] = [
    ['pending points', view.points.pending, (account ? pendingPoints(account) : 0) + sum(ofReviews, 'pending')],
    ['points of the ledger that are pending', sum(all, 'pending'), view.points.pending],
    ['points of the ledger that are available', sum(all, 'available'), view.points.available],
    ['completed orders', view.lifetime.orders, account?.lifetime.orders ?? 0],
    ['spend', view.lifetime.spend, account?.lifetime.spend ?? 0],
    ['returns', view.lifetime.returned, account?.lifetime.returned ?? 0],
  ];
  const subjects = new Set([...others.map(({ cause }) => cause.subject), ...should.map(({ subject }) => subject)]);
  for (const subject of subjects) {
    const booked = others.filter(({ cause }) => cause.subject === subject);
    const due = should.filter((entry) => entry.subject === subject);
    figures.push([`points for ${subject}`, sum(booked, 'pending'), sum(due, 'pending')]);
    figures.push([`available points for ${subject}`, sum(booked, 'available'), sum(due, 'available')]);
  }
  return figures
    .filter(([, stands, due]) => stands !== due)
    .map(([what, stands, due]) => `member ${memberId}: ${what} are ${stands}, and should be ${due}`);
}

/** An event as the loyalty domain keeps it; nothing where it bears on no account by itself. */
function factOf(event: OutgoingEvent): LoyaltyFact[] {
  const parsed = findEvent(event.type)?.parse(event);
  if (parsed?.ok !== true) throw new Error(`The load has told an event that is none: ${event.type}`);
  const hash = contentHash(parsed.event);
  const kind = orderFacts[event.type];
  if (kind !== undefined) {
    const fact = orderFact(kind, parsed.event as never, hash) as OrderFact;
    return [{ kind: 'order', orderId: fact.data.orderId, fact }];
  }
  if (event.type !== 'member.checked_in.v1') return [];
  const { memberId } = event.data as { memberId: string };
  return [{ kind: 'cause', memberId, ...checkInOf(parsed.event, hash) }];
}
