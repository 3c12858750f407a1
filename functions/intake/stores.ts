import type { InboxStore } from '../../shared/adapters/dynamo/inbox-store.ts';
import type { EventBus } from '../../shared/adapters/eventbridge/publish.ts';
import type { Vault } from '../../shared/adapters/vault/vault.ts';
import type { IntakeRules } from '../../shared/domain/intake/check-event.ts';
import type { Logger } from '../../shared/runtime/log.ts';

/** What the routes of intake work with. */
export type IntakeStores = {
  inbox: Pick<InboxStore, 'claim' | 'refuse' | 'refusals'>;
  bus: EventBus;
  vault: Vault;
  /** What events are checked by, as it is now: the shop may have put another policy since the request before. */
  loadRules(): Promise<IntakeRules>;
  log: Logger;
};
