import type { DomainSpec } from '../constructs/wiring.ts';
import { backtest } from './backtest.ts';
import { catalog } from './catalog.ts';
import { complaint } from './complaint.ts';
import { coupon } from './coupon.ts';
import { intake } from './intake.ts';
import { lake } from './lake.ts';
import { liability } from './liability.ts';
import { loyalty } from './loyalty.ts';
import { member } from './member.ts';
import { platform } from './platform.ts';
import { policy } from './policy.ts';
import { privacy } from './privacy.ts';
import { quality } from './quality.ts';
import { quote } from './quote.ts';
import { recommend } from './recommend.ts';
import { reputation } from './reputation.ts';
import { review } from './review.ts';
import { sanction } from './sanction.ts';

/** Every domain once: the stacks, and the tests of the stacks, go by this list. */
export const domains: readonly DomainSpec[] = [
  intake,
  platform,
  member,
  loyalty,
  coupon,
  catalog,
  complaint,
  policy,
  backtest,
  quote,
  liability,
  review,
  sanction,
  quality,
  reputation,
  recommend,
  privacy,
  lake,
];
