import type { CaseNotes } from '../../shared/adapters/dynamo/case-notes.ts';
import { dynamoClient } from '../../shared/adapters/dynamo/client.ts';
import { complaintDueStore, noteComplaintDue } from '../../shared/adapters/dynamo/complaint-due-store.ts';
import { type InboxStore, inboxStore } from '../../shared/adapters/dynamo/inbox-store.ts';
import { noteSanctionDue, sanctionDueStore } from '../../shared/adapters/dynamo/sanction-due-store.ts';
import { type EventBus, eventBridgeClient, eventBus } from '../../shared/adapters/eventbridge/publish.ts';
import { Fault } from '../../shared/domain/fault.ts';
import { announce } from '../../shared/runtime/announce.ts';
import { readEnv } from '../../shared/runtime/env.ts';
import { type StreamDependencies, streamHandler } from '../../shared/runtime/stream-handler.ts';
import { announcementsOf } from './announcements-of.ts';

export type PublisherDependencies = StreamDependencies & {
  bus: EventBus;
  inbox: Pick<InboxStore, 'correlationsOf'>;
  due: Pick<CaseNotes, 'note'>;
  sanctionDue: Pick<CaseNotes, 'note'>;
};

/** Opens what the publisher needs, from its environment. */
function openPublisher(): PublisherDependencies {
  const { BUS_NAME, INBOX_TABLE, REPUTATION_TABLE } = readEnv('BUS_NAME', 'INBOX_TABLE', 'REPUTATION_TABLE');
  const dynamo = dynamoClient();
  return {
    bus: eventBus(eventBridgeClient(), BUS_NAME),
    inbox: inboxStore(dynamo, INBOX_TABLE),
    due: complaintDueStore(dynamo, REPUTATION_TABLE),
    sanctionDue: sanctionDueStore(dynamo, REPUTATION_TABLE),
  };
}

/**
 * The handler that tells the bus where reviews, scores, complaints and sanctions stand, and notes when time will bring
 * more to one of them: it reads the table's stream, so nothing is told that was not written, and nothing that was written is
 * forgotten.
 */
export function publisher(open: () => PublisherDependencies = openPublisher) {
  return streamHandler(open, async (changes, { due, sanctionDue, ...stores }, context) => {
    const told = changes.map(announcementsOf);
    const [failed] = await announce(told.flat(), stores, context);
    if (failed !== undefined) {
      const change = told.flatMap((events, index) => events.map(() => index))[failed.index];
      return { index: change ?? 0, error: new Fault(`The bus refused an event: ${failed.code}`) };
    }
    await noteComplaintDue(changes, due);
    await noteSanctionDue(changes, sanctionDue);
    return undefined;
  });
}
