import { brandUpserted } from '../../events/catalog/brand-upserted.v1.ts';
import { productUpserted } from '../../events/catalog/product-upserted.v1.ts';
import { type Binding, type DomainSpec, inboxClaims, policies, table } from '../constructs/wiring.ts';

const entries: Binding[] = [table('catalog', 'PutItem'), inboxClaims];

export const catalog: DomainSpec = {
  domain: 'catalog',
  reactions: [
    {
      name: 'catalog-product-upserted',
      entry: 'functions/catalog/on-product-upserted.ts',
      on: productUpserted,
      binds: [...entries, policies()],
    },
    {
      name: 'catalog-brand-upserted',
      entry: 'functions/catalog/on-brand-upserted.ts',
      on: brandUpserted,
      binds: entries,
    },
  ],
};
