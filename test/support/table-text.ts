import { unpack } from '../../shared/adapters/dynamo/packed.ts';
import { scanTable } from './profile-table.ts';

/** All that a table says, as text to look for something in: what is packed is unpacked first. */
export async function tableText(endpoint: string, table: string): Promise<string> {
  return readable(await scanTable(endpoint, table));
}

/** Any items or changes of items as such text. */
export function readable(items: unknown): string {
  return JSON.stringify(items, (_, value: unknown) => {
    if (!(value instanceof Uint8Array)) return value;
    try {
      return unpack(value);
    } catch {
      return Buffer.from(value).toString('latin1');
    }
  });
}
