import { getDeskOrders } from './get-desk-orders.ts';
import { getLedger } from './get-ledger.ts';
import { getShop } from './get-shop.ts';

export const routes = [getLedger, getShop, getDeskOrders];
