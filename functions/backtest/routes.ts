import { postBacktest } from './post-backtest.ts';

export const routes = [postBacktest];
