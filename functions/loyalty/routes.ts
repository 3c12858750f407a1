import { getDeskOrders } from './get-desk-orders.ts';
import { getLedger } from './get-ledger.ts';
import { getShop } from './get-shop.ts';
import { postAdjustment } from './post-adjustment.ts';
import { postRedemption } from './post-redemption.ts';
import { postRedemptionRelease } from './post-redemption-release.ts';
import { postReturnPreview } from './post-return-preview.ts';

export const routes = [
  getLedger,
  getShop,
  getDeskOrders,
  postRedemption,
  postRedemptionRelease,
  postAdjustment,
  postReturnPreview,
];
