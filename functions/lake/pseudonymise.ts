import { pseudonyms } from '../../shared/adapters/kms/pseudonyms.ts';
import { lakeRecord } from '../../shared/domain/privacy/lake-record.ts';
import { deliveryHandler } from '../../shared/runtime/delivery-handler.ts';
import { readEnv } from '../../shared/runtime/env.ts';

/** Every event on its way into the lake: without what is sealed, and with pseudonyms for people. */
export const handler = deliveryHandler(
  () => ({ names: pseudonyms(readEnv('PSEUDONYM_KEY_ID').PSEUDONYM_KEY_ID) }),
  ({ names }) => names(),
  lakeRecord,
);
