import type { OutgoingEvent } from './importer.ts';

type Placed = {
  orderId: string;
  memberId?: string;
  lines: { lineId: string; quantity: number; unitPrice: number }[];
};
type Returned = { orderId: string; lines: { lineId: string; quantity: number }[] };

/** What was sent, added up from the events themselves: the other side of what the shop says it knows. */
export class SentFigures {
  readonly members = new Set<string>();
  events = 0;
  firstTime = '';
  lastTime = '';
  memberOrders = 0;
  guestOrders = 0;
  returns = 0;
  unitsReturned = 0;
  /** Of members' orders, in minor units: what they came to, and what of it went back. */
  memberNet = 0;
  memberReturnedNet = 0;
  guestNet = 0;
  readonly #prices = new Map<string, number>();

  /** Lets events through and takes note of each. */
  *watch(events: Iterable<OutgoingEvent>): Generator<OutgoingEvent> {
    for (const event of events) {
      this.events += 1;
      this.firstTime ||= event.time;
      this.lastTime = event.time;
      if (event.type === 'order.placed.v1') this.#notePlaced(event.data as unknown as Placed);
      if (event.type === 'order.returned.v1') this.#noteReturned(event.data as unknown as Returned);
      yield event;
    }
  }

  #notePlaced({ orderId, memberId, lines }: Placed): void {
    const net = lines.reduce((sum, { quantity, unitPrice }) => sum + quantity * unitPrice, 0);
    if (memberId === undefined) {
      this.guestOrders += 1;
      this.guestNet += net;
      return;
    }
    this.members.add(memberId);
    this.memberOrders += 1;
    this.memberNet += net;
    for (const { lineId, unitPrice } of lines) this.#prices.set(`${orderId}/${lineId}`, unitPrice);
  }

  #noteReturned({ orderId, lines }: Returned): void {
    this.returns += 1;
    for (const { lineId, quantity } of lines) {
      this.unitsReturned += quantity;
      this.memberReturnedNet += quantity * (this.#prices.get(`${orderId}/${lineId}`) ?? 0);
    }
  }
}
