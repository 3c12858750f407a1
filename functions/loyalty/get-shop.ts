import { policyAt, presentMs } from '../../shared/policy/policies.ts';
import { defineRoute } from '../../shared/runtime/route.ts';
import { shopAnswer } from './answers.ts';
import type { LoyaltyStores } from './stores.ts';

export const getShop = defineRoute({
  method: 'GET',
  path: '/v1/shop',
  summary: 'What the shop knows of guest orders, which belong to no member.',
  access: { kind: 'service', scopes: ['members:read', 'admin'] },
  answers: { 200: { description: 'The figures.', schema: shopAnswer } },
  problems: [],
  async handle({ nowMs }, stores: LoyaltyStores) {
    const [guests, policies] = await Promise.all([stores.profile.loadGuestFigures(), stores.policies.load()]);
    const policy = policyAt(policies, presentMs(policies, nowMs));
    return { status: 200, body: { currency: policy.currency, policyVersion: policy.stamp, guests } };
  },
});
