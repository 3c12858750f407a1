import { createHmac } from 'node:crypto';
import { Fault } from '../../domain/fault.ts';
import type { ClientOptions } from '../aws/client-settings.ts';
import { kmsClient } from './client.ts';

/** Always the same name for the same person, which nobody can work out or undo without the stage's key: 128 bits in base64url. */
export type Pseudonyms = (kind: string, id: string) => string;

const PSEUDONYM_BYTES = 16;
const MESSAGE = 'rapport pseudonyms 1';

/**
 * The keyed hash that stands for ids outside the tables: in the lake, at Personalize, in indexes over personal values. Its key is never stored:
 * the stage's HMAC key in KMS makes it of a fixed message, once per process.
 * @param keyId the stage's HMAC key: id, ARN or alias
 */
export function pseudonyms(keyId: string, options?: ClientOptions): () => Promise<Pseudonyms> {
  const open = kmsClient(options);
  let made: Promise<Pseudonyms> | undefined;
  const make = async (): Promise<Pseudonyms> => {
    const { client, sdk } = await open();
    const command = { KeyId: keyId, MacAlgorithm: 'HMAC_SHA_256', Message: Buffer.from(MESSAGE) } as const;
    const { Mac } = await client.send(new sdk.GenerateMacCommand(command));
    if (Mac === undefined) throw new Fault('The key service has made no key for pseudonyms.');
    return (kind, id) =>
      createHmac('sha256', Mac).update(`${kind}:${id}`).digest().subarray(0, PSEUDONYM_BYTES).toString('base64url');
  };
  return () => {
    made ??= make().catch((error: unknown) => {
      // The next request asks again.
      made = undefined;
      throw error;
    });
    return made;
  };
}
