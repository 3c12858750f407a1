import { postQuote } from './post-quote.ts';

export const routes = [postQuote];
