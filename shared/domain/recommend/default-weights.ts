import type { Weights, WeightsByContext } from './features.ts';

/** For a shop of which only sessions are known; chosen on the last tenth of the training sessions of two shops (Diginetica, RetailRocket). */
const sessionShop: Weights = { session: 1, neighbours: 0.8 };

/** What features weigh before anything has been learnt of a shop. */
export const defaultWeights: WeightsByContext = { home: sessionShop, product: sessionShop, cart: sessionShop };
