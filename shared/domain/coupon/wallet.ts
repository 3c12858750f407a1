/** The coupons a member has been given, and how many of each kind: what lists go by and what caps are judged on. */
export type Wallet = {
  memberId: string;
  /** Counts the writes; 0 is a wallet never written. */
  version: number;
  /** All coupons ever given, on pages and here. */
  count: number;
  /** Full pages, numbered from 1, which stand by themselves. */
  pages: number;
  /** The ids of the youngest coupons, oldest first. */
  tail: string[];
  given: Record<string, Given>;
};

/** Units of one definition: ever, and by calendar year of the shop's time zone. */
export type Given = { ever: number; years: Record<string, number> };

export type WalletPage = { page: number; couponIds: string[] };

export const COUPONS_PER_PAGE = 40;
/** A cap goes by the year of the unit, which is this one, or at the turn of a year the one before or after. */
const YEARS_KEPT = 3;

export function newWallet(memberId: string): Wallet {
  return { memberId, version: 0, count: 0, pages: 0, tail: [], given: {} };
}

/** Units that count for a cap. */
export function givenUnits(wallet: Wallet, definitionId: string, period: 'ever' | 'year', year: number): number {
  const given = wallet.given[definitionId];
  return (period === 'ever' ? given?.ever : given?.years[year]) ?? 0;
}

/** Puts a coupon into a wallet; a full tail becomes a page, to be written with the wallet. */
export function putIn(
  wallet: Wallet,
  { couponId, definitionId, year }: { couponId: string; definitionId: string; year: number },
): { wallet: Wallet; page?: WalletPage } {
  const full = wallet.tail.length >= COUPONS_PER_PAGE;
  const next: Wallet = {
    ...wallet,
    version: wallet.version + 1,
    count: wallet.count + 1,
    pages: wallet.pages + (full ? 1 : 0),
    tail: [...(full ? [] : wallet.tail), couponId],
    given: counted(wallet, definitionId, year, 1),
  };
  return { wallet: next, ...(full && { page: { page: next.pages, couponIds: wallet.tail } }) };
}

/** A unit that was taken back counts no longer; the coupon stays listed. */
export function takeBack(wallet: Wallet, { definitionId, year }: { definitionId: string; year: number }): Wallet {
  return { ...wallet, version: wallet.version + 1, given: counted(wallet, definitionId, year, -1) };
}

function counted(wallet: Wallet, definitionId: string, year: number, change: number): Wallet['given'] {
  const { ever, years }: Given = wallet.given[definitionId] ?? { ever: 0, years: {} };
  const kept = Object.entries<number>({ ...years, [year]: (years[year] ?? 0) + change })
    .sort(([a], [b]) => Number(a) - Number(b))
    .slice(-YEARS_KEPT);
  return { ...wallet.given, [definitionId]: { ever: ever + change, years: Object.fromEntries(kept) } };
}

/** Which ids of a listing from the newest down stand where: in the tail, or on which pages. */
export function walletSlice(
  wallet: Wallet,
  below: number,
  limit: number,
): { pages: number[]; pick(pages: ReadonlyMap<number, readonly string[]>): string[]; next?: number } {
  const to = Math.min(Math.max(below, 0), wallet.count);
  const from = Math.max(0, to - limit);
  const pages = Array.from({ length: wallet.pages }, (_, index) => index + 1).filter(
    (page) => (page - 1) * COUPONS_PER_PAGE < to && page * COUPONS_PER_PAGE > from,
  );
  return {
    pages,
    pick(loaded) {
      const ids: string[] = [];
      for (let index = to - 1; index >= from; index -= 1) {
        const page = Math.floor(index / COUPONS_PER_PAGE) + 1;
        const held = page > wallet.pages ? wallet.tail : loaded.get(page);
        const id = held?.[index % COUPONS_PER_PAGE];
        if (id !== undefined) ids.push(id);
      }
      return ids;
    },
    ...(from > 0 && { next: from }),
  };
}
