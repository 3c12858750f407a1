import type { Weights, WeightsByContext } from './features.ts';

/** How the two that follow a session go together; chosen on the last 6 % of the training sessions of two shops (Diginetica, RetailRocket). */
const sessionShop = { session: 1, neighbours: 1 } as const satisfies Weights;

/**
 * What features weigh before anything has been learnt of a shop. How the others stand beside the session is not measured but set: high enough
 * to speak where a session says nothing, as of a new product, and low enough not to outweigh it where it does.
 */
export const defaultWeights: WeightsByContext = {
  // Who opens the shop: what is due again and what was liked before, more than what the last visit ended with. How purchases go together was chosen on
  // held-out baskets of two shops (Ta-Feng, Online Retail).
  home: {
    ...sessionShop,
    repeat: 1,
    similar_members: 0.75,
    bought_together: 0.06,
    content: 0.3,
    trending: 0.15,
    category: 0.2,
    brand: 0.1,
    trust: 0.1,
  },
  // Who looks at one product is asking for others like it.
  product: {
    ...sessionShop,
    repeat: 0.1,
    bought_together: 0.4,
    similar_members: 0.2,
    content: 0.4,
    trending: 0.05,
    category: 0.1,
    brand: 0.05,
    trust: 0.05,
  },
  // Who has chosen is asking for what goes with it, not for others like it.
  cart: {
    ...sessionShop,
    repeat: 0.5,
    bought_together: 1,
    similar_members: 0.3,
    content: 0.15,
    trending: 0.05,
    category: 0.05,
    brand: 0.05,
    trust: 0.05,
  },
};
