import { brandUpserted } from '../../events/catalog/brand-upserted.v1.ts';
import { catalogStore } from '../../shared/adapters/dynamo/catalog-store.ts';
import { dynamoClient } from '../../shared/adapters/dynamo/client.ts';
import { brandRecord } from '../../shared/domain/catalog/records.ts';
import { readEnv } from '../../shared/runtime/env.ts';
import { queueHandler } from '../../shared/runtime/queue-handler.ts';
import { openQueue } from '../../shared/runtime/queue-wiring.ts';

function open() {
  const client = dynamoClient();
  const { CATALOG_TABLE } = readEnv('CATALOG_TABLE');
  return { ...openQueue(client), catalog: catalogStore(client, CATALOG_TABLE) };
}

/** The latest fact of a brand is what the catalogue shows; an older one that comes late changes nothing. */
export const handler = queueHandler(brandUpserted, open, async (event, { catalog }) => {
  await catalog.saveBrand(brandRecord(event));
});
