import { relayHandler } from '../../shared/runtime/relay-handler.ts';
import { openRelay } from './open-stores.ts';
import { relay } from './relay.ts';

/** Events that services have put straight on the bus: through the same door as those that come over HTTP, and back on the bus. */
export const handler = relayHandler(openRelay, relay);
