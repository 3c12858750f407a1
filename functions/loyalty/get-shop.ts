import { currentPolicy } from '../../shared/policy/policy.ts';
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
  async handle(_request, { profile }: LoyaltyStores) {
    const guests = await profile.loadGuestFigures();
    return { status: 200, body: { currency: currentPolicy.currency, policyVersion: currentPolicy.stamp, guests } };
  },
});
