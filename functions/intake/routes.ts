import { getDeskEvents } from './get-desk-events.ts';
import { postEvents } from './post-events.ts';

export const routes = [postEvents, getDeskEvents];
