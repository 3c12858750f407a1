import { getDeskReview } from './get-desk-review.ts';
import { getDeskReviews } from './get-desk-reviews.ts';
import { getMemberReviews } from './get-member-reviews.ts';
import { getProductReviews } from './get-product-reviews.ts';
import { getReviewer } from './get-reviewer.ts';
import { postAppeal } from './post-appeal.ts';
import { postDecision } from './post-decision.ts';

export const routes = [
  getProductReviews,
  getReviewer,
  getMemberReviews,
  postAppeal,
  getDeskReviews,
  getDeskReview,
  postDecision,
];
