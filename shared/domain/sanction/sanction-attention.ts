import { openSanction, restrictedBy, type SanctionRecord } from './sanction.ts';

/** Why a person at the desk should look at a case: it is to be decided, its appeal is, or it restricts somebody. */
export type SanctionAttention = { state: 'sanction' | 'sanction_appeal' | 'sanction_restricted'; sinceMs: number };

/**
 * `sinceMs`: from when on it can be decided, since when an appeal waits, or when a restriction ends, so that what is most
 * urgent comes first. A restriction that has ended by time stays until that is marked.
 */
export function sanctionAttention(record: SanctionRecord): SanctionAttention | undefined {
  const sanction = openSanction(record);
  if (sanction === undefined) return undefined;
  const { answer, answerByMs, decision, appeal, appealDecision } = sanction.folded;
  if (decision === undefined) return { state: 'sanction', sinceMs: answer?.atMs ?? answerByMs };
  if (appeal !== undefined && appealDecision === undefined) return { state: 'sanction_appeal', sinceMs: appeal.atMs };
  const restricted = restrictedBy(sanction);
  if (restricted === undefined || restricted.lifted !== undefined || record.told?.end !== undefined) return undefined;
  return { state: 'sanction_restricted', sinceMs: restricted.untilMs };
}
