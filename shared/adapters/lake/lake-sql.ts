import type { Step } from './lake-engine.ts';

/**
 * The questions that a training asks of the lake, over `facts`. One text for every engine: plain SQL with window functions, no
 * function that only one of them has. Names become numbers as early as can be, so that what is sorted is numbers.
 */

/** From which instant to which, both in milliseconds; whole numbers, so that they can stand in a query. */
export type Window = { fromMs: number; toMs: number };

/** The newest event that is not in the future. */
export const newestSql = (toMs: number): string => `SELECT max(at_ms) FROM facts WHERE at_ms <= ${whole(toMs)}`;

/** What the queries below have in common. */
export const stepsOf = ({ fromMs, toMs }: Window): Step[] => [
  {
    name: 'links',
    sql: `SELECT anonymous_id, member_id FROM (
  SELECT anonymous_id, member_id, row_number() OVER (PARTITION BY anonymous_id ORDER BY at_ms, event_id) AS place
  FROM facts WHERE type = 'member.identified.v1' AND anonymous_id IS NOT NULL AND member_id IS NOT NULL
) all_links WHERE place = 1`,
  },
  {
    name: 'cancelled',
    sql: `SELECT DISTINCT order_id FROM facts WHERE type = 'order.cancelled.v1' AND order_id IS NOT NULL`,
  },
  {
    // Whose doing each thing was. A visitor is the member that the earliest identification says; an order of nobody is somebody of its own, so
    // that what was bought together is known.
    name: 'done',
    sql: `SELECT f.at_ms, f.product_id, CASE WHEN f.type = 'order.placed.v1' THEN f.order_id END AS order_id,
    CASE f.type WHEN 'product.viewed.v1' THEN 0 WHEN 'recommendation.clicked.v1' THEN 1 WHEN 'product.favourited.v1' THEN 2
      WHEN 'product.carted.v1' THEN 3 ELSE 4 END AS kind,
    coalesce('m:' || f.member_id, 'm:' || l.member_id, 'v:' || f.anonymous_id, 'o:' || f.order_id) AS person
  FROM facts f
  LEFT JOIN links l ON l.anonymous_id = f.anonymous_id
  LEFT JOIN cancelled c ON c.order_id = f.order_id AND f.type = 'order.placed.v1'
  WHERE f.type IN ('product.viewed.v1', 'product.carted.v1', 'product.favourited.v1', 'recommendation.clicked.v1', 'order.placed.v1')
    AND f.product_id IS NOT NULL AND f.at_ms BETWEEN ${whole(fromMs)} AND ${whole(toMs)} AND c.order_id IS NULL`,
  },
  {
    name: 'items',
    sql: `SELECT product_id, row_number() OVER (ORDER BY product_id) - 1 AS item FROM (
  SELECT product_id FROM done UNION SELECT product_id FROM facts
  WHERE type = 'product.upserted.v1' AND product_id IS NOT NULL AND at_ms <= ${whole(toMs)}
) all_items`,
  },
  {
    // Who it was ends here: from now on a person is a number, and is a member or not.
    name: 'people',
    sql: `SELECT person, number, CASE WHEN person LIKE 'm:%' THEN 1 ELSE 0 END AS is_member FROM (
  SELECT person, row_number() OVER (ORDER BY person) AS number FROM (SELECT DISTINCT person FROM done) all_people
) numbered`,
  },
  {
    name: 'happened',
    sql: `SELECT i.item, d.kind, d.at_ms, p.number AS person
  FROM done d JOIN items i ON i.product_id = d.product_id JOIN people p ON p.person = d.person`,
  },
];

/** The products, each with its number, in the order of the numbers. */
export const itemsSql = 'SELECT product_id FROM items ORDER BY item';

/**
 * Everything that happened, by person and then by time: item, kind, second, and whether a session begins with it. Who it was
 * is not told. Of one instant the look comes before what followed from it, and rows that are still alike are the same.
 */
export const interactionsSql = (gapMs: number): string => `SELECT CAST(item AS INTEGER), CAST(kind AS INTEGER),
  CAST(floor(at_ms / 1000.0) AS INTEGER), CASE WHEN before_ms IS NULL OR at_ms - before_ms > ${whole(gapMs)} THEN 1 ELSE 0 END
FROM (
  SELECT item, kind, at_ms, person, lag(at_ms) OVER (PARTITION BY person ORDER BY at_ms, kind, item) AS before_ms FROM happened
) told ORDER BY person, at_ms, kind, item`;

/** What members have bought, by member and then by order: whether a member begins, whether a basket begins, item, second. */
export const purchasesSql = `WITH bought AS (
  SELECT DISTINCT p.number AS person, d.order_id, d.at_ms, i.item
  FROM done d JOIN items i ON i.product_id = d.product_id JOIN people p ON p.person = d.person
  WHERE d.kind = 4 AND p.is_member = 1
), told AS (
  SELECT person, order_id, at_ms, item, lag(person) OVER (ORDER BY person, at_ms, order_id, item) AS person_before,
    lag(order_id) OVER (ORDER BY person, at_ms, order_id, item) AS order_before
  FROM bought
)
SELECT CASE WHEN person_before = person THEN 0 ELSE 1 END,
  CASE WHEN person_before = person AND order_before = order_id THEN 0 ELSE 1 END,
  CAST(item AS INTEGER), CAST(floor(at_ms / 1000.0) AS INTEGER)
FROM told ORDER BY person, at_ms, order_id, item`;

/** What was last said of each product: when, in which event, and what, as JSON. */
export const productsSql = (toMs: number): string => `SELECT at_ms, event_id, data FROM (
  SELECT at_ms, event_id, data, row_number() OVER (PARTITION BY product_id ORDER BY at_ms DESC, event_id DESC) AS place
  FROM facts WHERE type = 'product.upserted.v1' AND data IS NOT NULL AND at_ms <= ${whole(toMs)}
) said WHERE place = 1`;

function whole(value: number): string {
  if (!Number.isSafeInteger(value)) throw new TypeError(`${value} is no whole number`);
  return String(value);
}
