import * as z from 'zod/mini';
import type { InputError } from '../../events/envelope.ts';
import { PROBLEMS, type ProblemCode } from './errors.ts';

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/** RFC 9457 problem details, with a stable `code` and, with every 400, what is wrong and where. */
export type ProblemDetails = {
  type: string;
  title: string;
  status: number;
  detail: string;
  instance?: string;
  code: ProblemCode;
  errors?: readonly InputError[];
};

/** The same as a schema, for documents and for answers that carry problems. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  instance: z.optional(z.string()),
  code: z.string(),
  errors: z.optional(z.array(z.object({ path: z.string(), code: z.string(), message: z.string() }))),
});

/** Spells out a problem; `instance`, the path asked for, belongs to the problem of a whole request. */
export function problemDetails(parts: {
  code: ProblemCode;
  detail: string;
  errors?: readonly InputError[];
  instance?: string;
}): ProblemDetails {
  const { title, status } = PROBLEMS[parts.code];
  const errors = parts.errors ?? [];
  const whole = status === 400 ? [{ path: '', code: parts.code, message: parts.detail }] : [];
  const shown = errors.length > 0 ? errors : whole;
  return {
    type: `urn:rapport:problem:${parts.code}`,
    title,
    status,
    detail: parts.detail,
    ...(parts.instance === undefined ? {} : { instance: parts.instance }),
    code: parts.code,
    ...(shown.length === 0 ? {} : { errors: shown }),
  };
}
