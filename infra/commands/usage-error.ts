/** A call that cannot be carried out as it stands: one line for the caller, exit code 2, and nothing has been done. */
export class UsageError extends Error {}

/** What went wrong, in one line, for somebody at a terminal. */
export function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
}
