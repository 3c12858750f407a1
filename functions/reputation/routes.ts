import { getBrandReputation } from './get-brand-reputation.ts';
import { getBrandScorecard } from './get-brand-scorecard.ts';
import { getProductReputation } from './get-product-reputation.ts';
import { getSupplierReputation } from './get-supplier-reputation.ts';
import { getSupplierScorecard } from './get-supplier-scorecard.ts';
import { getSupport } from './get-support.ts';

export const routes = [
  getProductReputation,
  getBrandReputation,
  getSupplierReputation,
  getBrandScorecard,
  getSupplierScorecard,
  getSupport,
];
