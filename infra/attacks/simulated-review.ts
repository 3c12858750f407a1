export const ATTACKS = ['burst', 'drip', 'copies', 'bombing', 'farm', 'sleepers'] as const;
export type AttackKind = (typeof ATTACKS)[number];

/** A review of the stream: a real one, or one that an attack put there. */
export type SimulatedReview = {
  reviewId: string;
  memberId: string;
  productId: string;
  brandId: string;
  atMs: number;
  /** 1 to 5. */
  stars: number;
  verified: boolean;
  text: string;
  accountAgeDays?: number | undefined;
  /** The attack that it belongs to; a real one has none. */
  attack?: { kind: AttackKind; id: string } | undefined;
};

export const DAY_MS = 86_400_000;
