import { createHash } from 'node:crypto';
import type { HistoryOwner } from '../../domain/recommend/history-facts.ts';

/** Who asks, as the managed service may know it: always the same, and not the shop's own id. */
export function pseudonymOf({ kind, id }: HistoryOwner): string {
  return createHash('sha256').update(`${kind}:${id}`).digest('base64url');
}
