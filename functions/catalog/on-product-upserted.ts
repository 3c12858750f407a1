import { productUpserted } from '../../events/catalog/product-upserted.v1.ts';
import { catalogStore } from '../../shared/adapters/dynamo/catalog-store.ts';
import { dynamoClient } from '../../shared/adapters/dynamo/client.ts';
import { policyStore } from '../../shared/adapters/dynamo/policy-store.ts';
import { decideProduct } from '../../shared/domain/catalog/records.ts';
import { knowsCurrency, type PolicySource } from '../../shared/policy/policies.ts';
import { readEnv } from '../../shared/runtime/env.ts';
import { PermanentFailure } from '../../shared/runtime/errors.ts';
import { queueHandler } from '../../shared/runtime/queue-handler.ts';
import { openQueue } from '../../shared/runtime/queue-wiring.ts';

function open() {
  const client = dynamoClient();
  const { CATALOG_TABLE, PROFILE_TABLE } = readEnv('CATALOG_TABLE', 'PROFILE_TABLE');
  const policies = policyStore(client, PROFILE_TABLE);
  return { ...openQueue(client), catalog: catalogStore(client, CATALOG_TABLE), policies };
}

const loadPolicies = ({ policies }: { policies: PolicySource }) => policies.load();

/** The latest fact of a product is what the catalogue shows; an older one that comes late changes nothing. */
export const handler = queueHandler(
  productUpserted,
  open,
  async (event, { catalog }, { before: policies, nowMs }) => {
    const decision = decideProduct(event, (code) => knowsCurrency(policies, code, Date.parse(event.time)));
    if (decision.kind === 'refused') throw new PermanentFailure(decision.code, decision.reason);
    await catalog.saveProduct(decision.product, nowMs);
  },
  { before: loadPolicies },
);
