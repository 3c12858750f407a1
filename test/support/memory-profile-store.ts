import { WriteConflict } from '../../shared/adapters/dynamo/profile-records.ts';
import type { ProfileStore } from '../../shared/adapters/dynamo/profile-store.ts';
import type { AccountRecord } from '../../shared/domain/loyalty/book-postings.ts';
import type { CauseRecord } from '../../shared/domain/loyalty/cause-facts.ts';
import type { GuestFigures } from '../../shared/domain/loyalty/decide-order.ts';
import type { JournalEntry } from '../../shared/domain/loyalty/journal.ts';
import type { OrderRecord } from '../../shared/domain/loyalty/order-facts.ts';
import type { Visitor } from '../../shared/domain/loyalty/visitor.ts';

export type MemoryProfile = ProfileStore & {
  orders: Map<string, OrderRecord>;
  accounts: Map<string, AccountRecord>;
  visitors: Map<string, Visitor>;
  /** By member and cause: `ann/redemption:red-1`. */
  causes: Map<string, CauseRecord>;
  pages: Map<string, JournalEntry[]>;
  guests: GuestFigures;
};

/**
 * The Profile table in memory, with the conditions of the real one: all of a decision is written or none of it, and
 * only over the versions it was decided on. Records are copied in and out, as a wire would.
 */
export function memoryProfileStore(): MemoryProfile {
  const orders = new Map<string, OrderRecord>();
  const accounts = new Map<string, AccountRecord>();
  const visitors = new Map<string, Visitor>();
  const causes = new Map<string, CauseRecord>();
  const pages = new Map<string, JournalEntry[]>();
  const guests: GuestFigures = { orders: 0, completed: 0, cancelled: 0, spend: 0, returned: 0, unitsReturned: 0 };
  const check = (stored: { version: number } | undefined, next: { version: number }) => {
    if ((stored?.version ?? 0) !== next.version - 1) throw new WriteConflict(new Error('version'));
  };
  return {
    orders,
    accounts,
    visitors,
    causes,
    pages,
    guests,
    loadOrder: async (id) => copy(orders.get(id)),
    loadAccount: async (id) => copy(accounts.get(id)),
    loadVisitor: async (id) => copy(visitors.get(id)),
    knowsMember: async () => false,
    async loadTogether({ orderId, memberId, anonymousId }) {
      const order = copy(orders.get(orderId));
      const account = memberId === undefined ? undefined : copy(accounts.get(memberId));
      const visitor = memberId === undefined && anonymousId !== undefined ? copy(visitors.get(anonymousId)) : undefined;
      return { ...(order && { order }), ...(account && { account }), ...(visitor && { visitor }) };
    },
    loadCause: async (memberId, causeId) => copy(causes.get(`${memberId}/${causeId}`)),
    async loadCauseTogether({ memberId, causeId }) {
      const cause = copy(causes.get(`${memberId}/${causeId}`));
      const account = copy(accounts.get(memberId));
      return { ...(cause && { cause }), ...(account && { account }) };
    },
    async loadHistory(memberId) {
      const record = copy(accounts.get(memberId));
      if (record === undefined) throw new Error('no account');
      const entries = [...allPages(pages, memberId), ...record.journal.tail];
      const ids = new Set(entries.filter((it) => it.eventType.startsWith('order.')).map((it) => it.subject));
      const found = [...ids].map((id) => copy(orders.get(id))).filter((order) => order !== undefined);
      const others = [...causes.values()].filter((cause) => cause.memberId === memberId).map(copy);
      return { record, history: { entries, orders: found, causes: others } };
    },
    loadJournalPage: async (memberId, page) => copy(pages.get(`${memberId}/${page}`)),
    async loadJournalPages(memberId, numbers) {
      const found = numbers.map((page) => [page, copy(pages.get(`${memberId}/${page}`))] as const);
      return new Map(found.filter((it): it is [number, JournalEntry[]] => it[1] !== undefined));
    },
    async loadAttention({ state, until, limit }) {
      const since = (order: OrderRecord) => order.attention?.sinceMs ?? 0;
      const found = [...orders.values()]
        .filter((order) => order.attention?.state === state && since(order) <= Date.parse(until))
        .sort((a, b) => since(a) - since(b));
      return { orders: found.slice(0, limit).map(copy) };
    },
    async save({ order, cause, accounts: writes, visitor, guests: change }) {
      if (order) check(orders.get(order.orderId), order);
      if (cause) check(causes.get(`${cause.memberId}/${cause.causeId}`), cause);
      for (const { record } of writes) check(accounts.get(record.memberId), record);
      if (visitor) check(visitors.get(visitor.anonymousId), visitor);
      for (const { record, pages: full } of writes) {
        for (const { page } of full) {
          if (pages.has(`${record.memberId}/${page}`)) throw new WriteConflict(new Error('page'));
        }
      }
      if (order) orders.set(order.orderId, copy(order));
      if (cause) causes.set(`${cause.memberId}/${cause.causeId}`, copy(cause));
      for (const { record, pages: full } of writes) {
        accounts.set(record.memberId, copy(record));
        for (const { page, entries } of full) pages.set(`${record.memberId}/${page}`, copy(entries));
      }
      if (visitor) visitors.set(visitor.anonymousId, copy(visitor));
      const counted: Partial<GuestFigures> = order === undefined ? {} : (change ?? {});
      for (const [name, value] of Object.entries(counted)) guests[name as keyof GuestFigures] += value;
    },
    async saveVisitor(visitor) {
      check(visitors.get(visitor.anonymousId), visitor);
      visitors.set(visitor.anonymousId, copy(visitor));
    },
    noteVisitor: async () => {},
    loadGuestFigures: async () => ({ ...guests }),
  };
}

/** Every entry of a member's journal that has been moved to a page, oldest first. */
export function allPages(pages: ReadonlyMap<string, JournalEntry[]>, memberId: string): JournalEntry[] {
  return [...pages]
    .filter(([key]) => key.startsWith(`${memberId}/`))
    .flatMap(([, entries]) => entries)
    .sort((a, b) => a.seq - b.seq);
}

function copy<Value>(value: Value): Value {
  return value === undefined ? value : (JSON.parse(JSON.stringify(value)) as Value);
}
