import type { EventDefinition } from '../../events/define-event.ts';
import { type CloudEvent, NOTHING_SEALED, SEAL } from '../../events/envelope.ts';
import type { Vault } from '../adapters/vault/vault.ts';
import type { Message } from '../domain/intake/read-message.ts';
import { ownerOf, putTogether, sealContext } from '../domain/privacy/event-parts.ts';
import { PermanentFailure } from './errors.ts';

/**
 * The event with what is sealed of it, where there is a vault to open it with; else as it is. `erased` where the key it was sealed with is gone.
 * Throws PermanentFailure where what comes out does not fit the event's type.
 */
export async function openMessage<Type extends string, Data>(
  definition: EventDefinition<Type, Data>,
  { event, message }: { event: CloudEvent<Type, Data>; message: Message },
  vault: Pick<Vault, 'open'> | undefined,
): Promise<CloudEvent<Type, Data> | 'erased'> {
  const seal = message[SEAL];
  const owner = ownerOf(event.data);
  if (vault === undefined || owner === undefined || typeof seal !== 'string' || seal === NOTHING_SEALED) return event;
  const [text] = await vault.open([{ owner, context: sealContext(event), seal }]);
  if (text === undefined) return 'erased';
  const parsed = definition.parse(putTogether(message, JSON.parse(text)));
  if (parsed.ok) return parsed.event;
  const paths = parsed.errors.map(({ path, code }) => `${path}: ${code}`).join(' ');
  throw new PermanentFailure('invalid_event', `What was sealed does not fit: ${paths}`);
}
