/** What recommendations know of a product: a part of the catalogue's record. */
export type ProductFacts = {
  productId: string;
  name: string;
  brandId?: string | undefined;
  supplierId?: string | undefined;
  categories: readonly string[];
  /** Minor units of `currency`. */
  price?: number | undefined;
  currency?: string | undefined;
  availability?: 'in_stock' | 'out_of_stock' | 'discontinued' | undefined;
  /** Which fact this is: the later one counts, then the greater event id. */
  asOf: string;
  eventId: string;
};

/** What reputation says: the grade of a product, 0 to 100, or how a brand or a supplier is restricted. */
export type Standing =
  | { kind: 'product'; id: string; grade: string; score?: number | undefined; asOf: string; eventId: string }
  | {
      kind: 'brand' | 'supplier';
      id: string;
      restrictions: readonly { kind: 'ranking' | 'sales_limit'; untilMs?: number | undefined }[];
      asOf: string;
      eventId: string;
    };
