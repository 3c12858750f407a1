/** A value of a row, as engines give it. */
export type Cell = number | string | null;

/** A relation that a query reads from, by its name, out of `facts` and of the steps before it. */
export type Step = { name: string; sql: string };

/** What runs queries over the events in the lake. */
export type LakeEngine = {
  name: 'duckdb' | 'athena';
  /**
   * Runs a query over `facts` and the steps that it names. Rows come in parts, each a list of columns; numbers as numbers, everything else as text. An
   * engine may keep what a step gave for the next query that has it too, so a name means the same as long as the engine is open.
   */
  query(sql: string, steps?: readonly Step[]): AsyncIterable<readonly (readonly Cell[])[]>;
  close(): Promise<void>;
};

/**
 * The columns of `facts`, one row for each event that recommendations learn from, and for orders one row for each line: event_id, type, at_ms,
 * member_id, anonymous_id, product_id, order_id, and, of products, what the event says as JSON in `data`. Each event is there once, however
 * often it is in the lake.
 */
const factTypes = [
  'product.viewed.v1',
  'product.carted.v1',
  'product.favourited.v1',
  'recommendation.clicked.v1',
  'order.placed.v1',
  'order.cancelled.v1',
  'member.identified.v1',
  'product.upserted.v1',
] as const;

export const factTypeList: string = factTypes.map((type) => `'${type}'`).join(', ');
