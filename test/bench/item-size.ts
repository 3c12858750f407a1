import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** Names and values of an item's attributes; our items hold text, numbers, bytes and sets of texts. */
export function sizeOf(item: Record<string, AttributeValue>): number {
  return Object.entries(item).reduce((sum, [name, value]) => {
    const text = value.S ?? '';
    const digits = value.N?.length ?? 0;
    return sum + name.length + Buffer.byteLength(text) + Math.ceil(digits / 2) + (value.B?.length ?? 0);
  }, 0);
}
