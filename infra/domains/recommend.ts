import { productCarted } from '../../events/behaviour/product-carted.v1.ts';
import { productFavourited } from '../../events/behaviour/product-favourited.v1.ts';
import { productViewed } from '../../events/behaviour/product-viewed.v1.ts';
import { recommendationClicked } from '../../events/behaviour/recommendation-clicked.v1.ts';
import { recommendationShown } from '../../events/behaviour/recommendation-shown.v1.ts';
import type { EventDefinition } from '../../events/define-event.ts';
import { memberIdentified } from '../../events/member/member-identified.v1.ts';
import { orderCancelled } from '../../events/order/order-cancelled.v1.ts';
import { orderPlaced } from '../../events/order/order-placed.v1.ts';
import { orderReturned } from '../../events/order/order-returned.v1.ts';
import { brandReinstated } from '../../events/reputation/brand-reinstated.v1.ts';
import { brandRestricted } from '../../events/reputation/brand-restricted.v1.ts';
import { gradeChanged } from '../../events/reputation/grade-changed.v1.ts';
import {
  type Binding,
  catalogueChanges,
  type DomainSpec,
  erasedMembers,
  inboxClaims,
  lakeEvents,
  managedRecommender,
  models,
  policies,
  pseudonymKey,
  queryEngine,
  type ReactionSpec,
  stage,
  table,
} from '../constructs/wiring.ts';

const histories: Binding[] = [table('recommend', 'BatchGetItem', 'PutItem'), policies(), inboxClaims];
const standings: Binding[] = [table('catalog', 'BatchGetItem', 'PutItem'), inboxClaims];

const reaction = (name: string, on: EventDefinition, binds: readonly Binding[]): ReactionSpec => ({
  name: `recommend-${name}`,
  entry: `functions/recommend/on-${name}.ts`,
  on,
  binds,
});

export const recommend: DomainSpec = {
  domain: 'recommend',
  stack: 'recommend',
  http: {
    name: 'recommend-http',
    entry: 'functions/recommend/http.ts',
    size: 'serving',
    routes: [
      { method: 'GET', path: '/v1/members/{id}/recommendations' },
      { method: 'GET', path: '/v1/visitors/{anonymousId}/recommendations' },
      { method: 'GET', path: '/v1/products/{id}/related', public: true },
      { method: 'GET', path: '/v1/models' },
      { method: 'POST', path: '/v1/models/rollback' },
    ],
    binds: [
      table('recommend', 'BatchGetItem', 'ConditionCheckItem', 'PutItem', 'Query', 'UpdateItem'),
      catalogueChanges,
      table('profile', 'BatchGetItem'),
      models(),
      managedRecommender,
      pseudonymKey,
      stage,
      erasedMembers,
    ],
  },
  reactions: [
    reaction('product-viewed', productViewed, histories),
    reaction('product-carted', productCarted, histories),
    reaction('product-favourited', productFavourited, histories),
    reaction('recommendation-shown', recommendationShown, histories),
    reaction('recommendation-clicked', recommendationClicked, histories),
    reaction('order-placed', orderPlaced, histories),
    reaction('order-cancelled', orderCancelled, histories),
    reaction('order-returned', orderReturned, histories),
    reaction('member-identified', memberIdentified, histories),
    reaction('grade-changed', gradeChanged, standings),
    reaction('brand-restricted', brandRestricted, standings),
    reaction('brand-reinstated', brandReinstated, standings),
  ],
  scheduledReactions: [
    {
      name: 'recommend-train',
      entry: 'functions/recommend/train.ts',
      everyHours: 24,
      size: 'training',
      binds: [
        table('recommend', 'BatchGetItem', 'ConditionCheckItem', 'DeleteItem', 'PutItem', 'Query', 'UpdateItem'),
        policies(),
        lakeEvents,
        models('DeleteObject', 'PutObject'),
        queryEngine,
        stage,
      ],
      nativePackages: ['@duckdb/node-api'],
    },
  ],
};
