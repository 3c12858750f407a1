import * as z from 'zod/mini';

/** What the sections of the policy document are made of. */
export const name = z.string().check(z.regex(/^[a-z][a-z0-9_]{0,39}$/, 'A lower-case name such as silver.'));

/** A factor above 0 with at most `digits` decimals, so that arithmetic can be done in whole numbers. */
export const factor = (digits: number, limit: number) =>
  z.number().check(
    z.gt(0),
    z.lte(limit),
    z.refine((value) => Number(value.toFixed(digits)) === value, `At most ${digits} decimals.`),
  );

/** What is wrong beyond a field's own shape; `name` is its stable code where it is one that a shop is likely to meet. */
export function issue(
  path: (string | number)[],
  input: unknown,
  message: string,
  name?: 'tiers_overlap' | 'thresholds_fall' | 'unknown_currency',
): z.core.$ZodRawIssue {
  // What lies further out is checked all the same: everything that is wrong is said at once.
  return { code: 'custom', path, input, message, continue: true, ...(name && { params: { code: name } }) };
}
