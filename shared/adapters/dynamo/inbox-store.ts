import { ConditionalCheckFailedException, type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { Fault } from '../../domain/fault.ts';
import { type AttentionPosition, attentionPage } from './attention-index.ts';
import { fromItem, toItem } from './attributes.ts';
import { batchGet } from './batch-get.ts';
import { batchDelete } from './batch-put.ts';
import { ATTENTION_SHARDS, attentionState, inboxKeys, type Key } from './keys.ts';

/**
 * Which content an event id stands for, for ever; and what the event goes back to, where that is another: it stands in the same item and costs no
 * write of its own, so that whatever follows from the event can be told with where it began.
 */
export type Claim = { eventId: string; contentHash: string; type: string; correlationId?: string | undefined };

/** An event that was not taken in because its id stands for other content; kept whole, so that nothing is lost. */
export type Refusal = {
  eventId: string;
  contentHash: string;
  type: string;
  subject?: string | undefined;
  code: string;
  reason: string;
  /** The CloudEvent as it came, as JSON text. */
  content: string;
  /** ISO instant. */
  since: string;
};

/** What stands in the Inbox of some events: the claims of their ids, and which of their members are no more. */
export type Standing = { claims: ReadonlyMap<string, string>; erased: ReadonlySet<string> };

export type InboxStore = {
  /**
   * The content hash each of these ids stands for, and which of these members have been erased, in one request; eventually consistent,
   * which a claim, written once, allows.
   */
  standingOf(eventIds: readonly string[], memberIds: readonly string[]): Promise<Standing>;
  /** The correlation ids that were kept with the claims of these ids, for those that have one; eventually consistent. */
  correlationsOf(eventIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Whether a member has been erased, as of this moment. */
  isErased(memberId: string): Promise<boolean>;
  /** `claimed` where the id now stands for this content (also when it did before), `taken` where it is another's. */
  claim(claim: Claim): Promise<'claimed' | 'taken'>;
  /** Keeps a refused event for the desk; the same content again changes nothing. */
  refuse(refusal: Refusal): Promise<void>;
  /** Refused events, longest waiting first. */
  refusals(question: {
    until: string;
    limit: number;
    position?: AttentionPosition | undefined;
  }): Promise<{ items: Refusal[]; next?: AttentionPosition }>;
  /** Takes a refused event away for good. */
  forgetRefusal(refusal: Pick<Refusal, 'eventId' | 'contentHash'>): Promise<void>;
};

/** The Inbox table. */
export function inboxStore(client: DynamoDBClient, table: string): InboxStore {
  return {
    async standingOf(eventIds, memberIds) {
      const keys = [...eventIds.map(inboxKeys.claim), ...memberIds.map(inboxKeys.erased)];
      const items = await batchGet(client, table, keys, { attributes: ['eventId', 'contentHash', 'memberId'] });
      const claims = new Map(items.flatMap((it) => (it.eventId?.S ? [[it.eventId.S, it.contentHash?.S ?? '']] : [])));
      return { claims, erased: new Set(items.flatMap((it) => it.memberId?.S ?? [])) };
    },

    async correlationsOf(eventIds) {
      const items = await batchGet(client, table, eventIds.map(inboxKeys.claim), {
        attributes: ['eventId', 'correlationId'],
      });
      return new Map(
        items.flatMap(({ eventId, correlationId }) =>
          eventId?.S === undefined || correlationId?.S === undefined ? [] : [[eventId.S, correlationId.S] as const],
        ),
      );
    },

    async isErased(memberId) {
      const items = await batchGet(client, table, [inboxKeys.erased(memberId)], { consistent: true });
      return items.length > 0;
    },

    async claim(claim) {
      // A claim is written once and not even written over by itself: what is repeated leaves no trace.
      const put = new PutItemCommand({
        TableName: table,
        Item: toItem({ ...inboxKeys.claim(claim.eventId), ...claim }),
        ConditionExpression: 'attribute_not_exists(pk)',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      });
      const standing = await standingItem(client, put);
      if (standing === undefined) return 'claimed';
      const hash = standing.contentHash?.S;
      if (hash === undefined) throw new Fault('The tables do not say what the id of an event stands for.');
      return hash === claim.contentHash ? 'claimed' : 'taken';
    },

    async refuse(refusal) {
      const { since, ...kept } = refusal;
      const put = new PutItemCommand({
        TableName: table,
        Item: toItem({
          ...inboxKeys.refused(refusal.eventId, refusal.contentHash),
          ...kept,
          attentionState: attentionState('refused', shardOf(refusal.contentHash)),
          attentionSince: since,
        }),
        ConditionExpression: 'attribute_not_exists(pk)',
      });
      await standingItem(client, put);
    },

    async forgetRefusal({ eventId, contentHash }) {
      await batchDelete(client, table, [inboxKeys.refused(eventId, contentHash)]);
    },

    async refusals(question) {
      const page = await attentionPage(client, table, { ...question, state: 'refused' });
      const found = await batchGet(
        client,
        table,
        page.entries.map(({ key }) => key),
      );
      const byKey = new Map(found.map((item) => [keyText({ pk: item.pk?.S ?? '', sk: item.sk?.S ?? '' }), item]));
      const items = page.entries.flatMap(({ key }) => {
        const item = byKey.get(keyText(key));
        return item === undefined ? [] : [toRefusal(fromItem(item))];
      });
      return { items, ...(page.next === undefined ? {} : { next: page.next }) };
    },
  };
}

/** Puts an item where there is none; where there is one, nothing is written and that one is returned. */
async function standingItem(client: DynamoDBClient, put: PutItemCommand) {
  try {
    await client.send(put);
    return undefined;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return error.Item ?? {};
    throw error;
  }
}

/** A hash spreads evenly, so its first character spreads the refused events over the shards. */
function shardOf(contentHash: string): number {
  return contentHash.charCodeAt(0) % ATTENTION_SHARDS;
}

const keyText = ({ pk, sk }: Key): string => `${pk}\n${sk}`;

function toRefusal(item: Record<string, unknown>): Refusal {
  return {
    eventId: String(item.eventId),
    contentHash: String(item.contentHash),
    type: String(item.type),
    ...(item.subject === undefined ? {} : { subject: String(item.subject) }),
    code: String(item.code),
    reason: String(item.reason),
    content: String(item.content),
    since: String(item.attentionSince),
  };
}
