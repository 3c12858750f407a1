import { join } from 'node:path';

/** Where the public data sets are, which are too large to be part of the project. */
export const DATA_FOLDER = process.env.RAPPORT_DATA ?? join(import.meta.dirname, '../../../shared/data');
