import type { ShopConnection } from './shop-connection.ts';

/** The parts of `GET /v1/members/{id}` that are shown and added up. */
export type MemberView = {
  memberId: string;
  tier: { id: string; discountPercent: number };
  points: { available: number; pending: number; debt: number };
  lifetime: { orders: number; spend: number; returned: number; currency: string };
};

/** The parts of an entry of `GET /v1/members/{id}/ledger` that are shown and added up. */
export type LedgerEntry = {
  kind: string;
  points: number;
  at: string;
  availableAt?: string;
  cause: { eventId: string; type: string };
  rule: { id: string; policyVersion: string; arithmetic: string };
};

export type TierFigures = { id: string; discountPercent: number; members: number; spend: number };

/** What a shop knows, as its HTTP API tells it. */
export type ShopFigures = {
  currency: string;
  members: readonly MemberView[];
  /** Highest first. */
  tiers: readonly TierFigures[];
  lifetime: { orders: number; spend: number; returned: number };
  points: { issued: number; reversed: number; expired: number; pending: number; available: number; debt: number };
  guests: { orders: number; spend: number };
};

const READERS = 8;
const LEDGER_PAGE = 100;
/** Ten thousand entries: no member of a sample has as many. */
const LEDGER_PAGES_LIMIT = 100;

/** Asks for every member, every ledger and the shop's guests. A member the shop does not know is left out. */
export async function readShopFigures(
  shop: ShopConnection,
  memberIds: Iterable<string>,
  onProgress: (members: number) => void,
): Promise<ShopFigures> {
  const members: MemberView[] = [];
  const moved = new Map<string, number>();
  const waiting = memberIds[Symbol.iterator]();
  const read = async (): Promise<void> => {
    for (let next = waiting.next(); !next.done; next = waiting.next()) {
      const view = await shop.get<MemberView>(`/v1/members/${next.value}`);
      if (view === undefined) continue;
      for (const { kind, points } of await readLedger(shop, next.value)) {
        moved.set(kind, (moved.get(kind) ?? 0) + points);
      }
      members.push(view);
      onProgress(members.length);
    }
  };
  await Promise.all(Array.from({ length: READERS }, read));
  const guests = (await shop.get<{ guests: ShopFigures['guests'] }>('/v1/shop'))?.guests;
  members.sort((a, b) => b.lifetime.spend - a.lifetime.spend || (a.memberId < b.memberId ? -1 : 1));
  const sum = (figure: (member: MemberView) => number): number =>
    members.reduce((total, member) => total + figure(member), 0);
  return {
    currency: members[0]?.lifetime.currency ?? '',
    members,
    tiers: tiersOf(members),
    lifetime: {
      orders: sum(({ lifetime }) => lifetime.orders),
      spend: sum(({ lifetime }) => lifetime.spend),
      returned: sum(({ lifetime }) => lifetime.returned),
    },
    points: {
      issued: moved.get('earn') ?? 0,
      reversed: -(moved.get('reverse') ?? 0),
      expired: -(moved.get('expire') ?? 0),
      pending: sum(({ points }) => points.pending),
      available: sum(({ points }) => points.available),
      debt: sum(({ points }) => points.debt),
    },
    guests: { orders: guests?.orders ?? 0, spend: guests?.spend ?? 0 },
  };
}

/** A member's whole ledger, newest first. */
export async function readLedger(shop: ShopConnection, memberId: string): Promise<LedgerEntry[]> {
  const entries: LedgerEntry[] = [];
  let cursor = '';
  for (let page = 0; page < LEDGER_PAGES_LIMIT; page += 1) {
    const path = `/v1/members/${memberId}/ledger?limit=${LEDGER_PAGE}${cursor}`;
    const answer = await shop.get<{ items: LedgerEntry[]; nextCursor?: string }>(path);
    entries.push(...(answer?.items ?? []));
    if (answer?.nextCursor === undefined) return entries;
    cursor = `&cursor=${encodeURIComponent(answer.nextCursor)}`;
  }
  return entries;
}

function tiersOf(members: readonly MemberView[]): TierFigures[] {
  const tiers = new Map<string, TierFigures>();
  for (const { tier, lifetime } of members) {
    const { id, discountPercent } = tier;
    const known = tiers.get(id) ?? { id, discountPercent, members: 0, spend: 0 };
    tiers.set(id, { ...known, members: known.members + 1, spend: known.spend + lifetime.spend });
  }
  return [...tiers.values()].sort((a, b) => b.discountPercent - a.discountPercent);
}
