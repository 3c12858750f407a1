import * as z from 'zod/mini';
import { ATTENTION_SHARDS } from '../adapters/dynamo/keys.ts';
import { Problem } from './errors.ts';

export const LIST_LIMITS = { default: 20, largest: 100, cursorLength: 4_000 } as const;

/** The query fields every list takes; a list of its own adds its filters with `z.extend`. */
export const listQuerySchema = z.object({
  limit: z._default(z.coerce.number().check(z.int(), z.gte(1), z.lte(LIST_LIMITS.largest)), LIST_LIMITS.default),
  cursor: z.optional(z.string().check(z.minLength(1), z.maxLength(LIST_LIMITS.cursorLength))),
});

/** The answer of every list: `nextCursor` is there while there is more. */
export const listAnswerSchema = <Item extends z.ZodMiniType>(item: Item) =>
  z.object({ items: z.array(item), nextCursor: z.optional(z.string()) });

/** Where a listing of the attention index stands, as a cursor carries it. */
export const attentionPositionSchema = z
  .array(z.nullable(z.tuple([z.string(), z.string(), z.string()])))
  .check(z.length(ATTENTION_SHARDS));

/** Writes where a list stands as an opaque text. */
export function encodeCursor(position: unknown): string {
  return Buffer.from(JSON.stringify(position), 'utf8').toString('base64url');
}

/** Reads a cursor back and throws `invalid_cursor` for anything this list did not write itself. */
export function decodeCursor<Schema extends z.ZodMiniType>(
  schema: Schema,
  cursor: string | undefined,
): z.output<Schema> | undefined {
  if (cursor === undefined) return undefined;
  const result = z.safeParse(schema, jsonOf(Buffer.from(cursor, 'base64url').toString('utf8')));
  if (result.success) return result.data;
  throw new Problem('invalid_cursor', 'Use the cursor of the page before as it is, with the same filters.');
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
