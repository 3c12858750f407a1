import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type AttentionPosition, attentionPage } from './attention-index.ts';
import { orderIdOf } from './keys.ts';

/** An order that facts have come for, but not the order itself; `since` is the ISO instant of the first of them. */
export type WaitingOrder = { orderId: string; since: string };

export type WaitingOrders = {
  /** Those that have waited since `until` or longer, longest waiting first. */
  page(question: {
    until: string;
    limit: number;
    position?: AttentionPosition | undefined;
  }): Promise<{ items: WaitingOrder[]; next?: AttentionPosition }>;
};

/** The Profile table's orders that still wait for their `order.placed`. */
export function waitingOrders(client: DynamoDBClient, table: string): WaitingOrders {
  return {
    async page(question) {
      const { entries, next } = await attentionPage(client, table, { ...question, state: 'waiting' });
      const items = entries.flatMap(({ key, since }) => {
        const orderId = orderIdOf(key);
        return orderId === undefined ? [] : [{ orderId, since }];
      });
      return { items, ...(next === undefined ? {} : { next }) };
    },
  };
}
