import { folder } from './folder.ts';

export const handler = folder();
