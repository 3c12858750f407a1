import { reviewRemoved } from '../../events/review/review-removed.v1.ts';
import { reviewSubmitted } from '../../events/review/review-submitted.v1.ts';
import { reviewVoted } from '../../events/review/review-voted.v1.ts';
import {
  andAttention,
  type Binding,
  type DomainSpec,
  erasedMembers,
  inboxClaims,
  keeping,
  opening,
  policies,
  table,
} from '../constructs/wiring.ts';

const facts: Binding[] = [table('reputation', 'BatchGetItem', 'PutItem'), inboxClaims];

export const review: DomainSpec = {
  domain: 'review',
  stack: 'reputation',
  http: {
    name: 'review-http',
    entry: 'functions/review/http.ts',
    routes: [
      { method: 'GET', path: '/v1/products/{id}/reviews', public: true },
      { method: 'GET', path: '/v1/members/{id}/reviewer' },
      { method: 'GET', path: '/v1/members/{id}/reviews' },
      { method: 'POST', path: '/v1/members/{id}/reviews/{reviewId}/appeal' },
      { method: 'GET', path: '/v1/desk/reviews' },
      { method: 'GET', path: '/v1/desk/reviews/{id}' },
      { method: 'POST', path: '/v1/desk/reviews/{id}/decision' },
    ],
    binds: [
      andAttention(table('reputation', 'BatchGetItem', 'Query', 'PutItem')),
      table('profile', 'BatchGetItem'),
      ...keeping,
      erasedMembers,
    ],
  },
  reactions: [
    {
      name: 'review-submitted',
      entry: 'functions/review/on-review-submitted.ts',
      on: reviewSubmitted,
      binds: [...facts, policies(), ...keeping],
    },
    {
      name: 'review-voted',
      entry: 'functions/review/on-review-voted.ts',
      on: reviewVoted,
      binds: [table('reputation', 'BatchGetItem', 'UpdateItem'), table('profile', 'BatchGetItem'), inboxClaims],
    },
    {
      name: 'review-removed',
      entry: 'functions/review/on-review-removed.ts',
      on: reviewRemoved,
      binds: [...facts, ...keeping],
    },
  ],
  scheduledReactions: [
    {
      name: 'review-train-texts',
      entry: 'functions/review/train-texts.ts',
      // Once a week: it takes many new reviews to read them better.
      everyHours: 168,
      size: 'longSchedule',
      binds: [table('reputation', 'Scan', 'BatchGetItem', 'PutItem'), ...opening],
    },
  ],
};
