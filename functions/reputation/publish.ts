import { publisher } from './publisher.ts';

export const handler = publisher();
