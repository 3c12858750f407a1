import { deadLetters } from './dead-letters.journey.ts';
import { door } from './door.journey.ts';
import { duplicates } from './duplicates.journey.ts';
import { pointsAndTier } from './points-and-tier.journey.ts';
import type { Journey } from './shop.ts';
import { straightOnTheBus } from './straight-on-the-bus.journey.ts';

/** Walked in the local runtime and in a deployed stage: the same files. */
export const journeys: readonly Journey[] = [door, pointsAndTier, duplicates, deadLetters, straightOnTheBus];
