import type { Importer } from './importer.ts';
import { olist } from './olist.ts';
import { onlineRetail } from './online-retail.ts';

/** The exports that can be read, by the name that `--from` takes. */
export const importers: readonly Importer[] = [onlineRetail, olist];

/** The importer of this name, or undefined where there is none. */
export function findImporter(name: string): Importer | undefined {
  return importers.find((importer) => importer.name === name);
}
