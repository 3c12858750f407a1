/** The score or grade of a product, a brand or a supplier as it was last told. */
export type Scored = {
  target: string;
  /** Counts the writes; 0 is one never told. */
  version: number;
  score: number;
  level: string;
  atMs: number;
  cause: { eventId: string; type: string; subject: string };
  formulaVersion: string;
  policyStamp: string;
  /** What was told before it. */
  from?: { score: number; level: string } | undefined;
};
