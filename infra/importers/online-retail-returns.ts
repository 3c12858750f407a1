/** Pieces of one order line that a return may still be given to. */
type OpenLine = { orderId: string; position: number; left: number };

/** Pieces that go back to one order. */
export type ReturnedPart = { orderId: string; lines: { position: number; quantity: number }[] };

/**
 * Gives returned pieces to the orders they may have come from: those of the same member and stock code that are
 * known so far, the latest first and within an order the later line first, as long as they have quantity left.
 */
export class ReturnMatcher {
  readonly #open = new Map<string, OpenLine[]>();

  /** Lines have to be added in order of time; only orders added before a return are earlier than it. */
  addLine(line: { customer: string; product: number; orderId: string; position: number; quantity: number }): void {
    const key = `${line.customer}/${line.product}`;
    const lines = this.#open.get(key);
    const open = { orderId: line.orderId, position: line.position, left: line.quantity };
    if (lines === undefined) this.#open.set(key, [open]);
    else lines.push(open);
  }

  /** Takes as many pieces as are left, adds them to `parts`, and returns how many found an order. */
  take(piece: { customer: string; product: number; units: number }, parts: Map<string, ReturnedPart>): number {
    const lines = this.#open.get(`${piece.customer}/${piece.product}`);
    let wanted = piece.units;
    while (wanted > 0 && lines !== undefined) {
      const latest = lines.at(-1);
      if (latest === undefined) break;
      const quantity = Math.min(wanted, latest.left);
      wanted -= quantity;
      latest.left -= quantity;
      if (latest.left === 0) lines.pop();
      addPart(parts, latest, quantity);
    }
    return piece.units - wanted;
  }
}

function addPart(parts: Map<string, ReturnedPart>, { orderId, position }: OpenLine, quantity: number): void {
  const part = parts.get(orderId) ?? { orderId, lines: [] };
  parts.set(orderId, part);
  const line = part.lines.find((it) => it.position === position);
  if (line === undefined) part.lines.push({ position, quantity });
  else line.quantity += quantity;
}
