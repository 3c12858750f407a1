import { productUpserted } from '../../events/catalog/product-upserted.v1.ts';
import { catalogStore } from '../../shared/adapters/dynamo/catalog-store.ts';
import { dynamoClient } from '../../shared/adapters/dynamo/client.ts';
import { decideProduct } from '../../shared/domain/catalog/records.ts';
import { currentPolicy } from '../../shared/policy/policy.ts';
import { readEnv } from '../../shared/runtime/env.ts';
import { PermanentFailure } from '../../shared/runtime/errors.ts';
import { queueHandler } from '../../shared/runtime/queue-handler.ts';
import { openQueue } from '../../shared/runtime/queue-wiring.ts';

function open() {
  const client = dynamoClient();
  const { CATALOG_TABLE } = readEnv('CATALOG_TABLE');
  return { ...openQueue(client), catalog: catalogStore(client, CATALOG_TABLE), policy: currentPolicy };
}

/** The latest fact of a product is what the catalogue shows; an older one that comes late changes nothing. */
export const handler = queueHandler(productUpserted, open, async (event, { catalog, policy }) => {
  const decision = decideProduct(event, (code) => Object.hasOwn(policy.currencies, code));
  if (decision.kind === 'refused') throw new PermanentFailure(decision.code, decision.reason);
  await catalog.saveProduct(decision.product);
});
