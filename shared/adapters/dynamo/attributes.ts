import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** What an item may hold here: JSON. A field that is undefined is left out. */
export type ItemValue = string | number | boolean | null | undefined | readonly ItemValue[] | ItemMap;
export type ItemMap = { readonly [name: string]: ItemValue };

/** Writes one JSON value the way DynamoDB spells it. Numbers are integers or short decimals, far inside its 38 digits. */
export function toAttribute(value: Exclude<ItemValue, undefined>): AttributeValue {
  if (value === null) return { NULL: true };
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (isList(value)) return { L: value.map((it) => toAttribute(it ?? null)) };
  return { M: toItem(value) };
}

export function toItem(map: ItemMap): Record<string, AttributeValue> {
  const entries = Object.entries(map).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, toAttribute(value)] as const],
  );
  return Object.fromEntries(entries);
}

/** Reads what `toAttribute` wrote. */
export function fromAttribute(attribute: AttributeValue): Exclude<ItemValue, undefined> {
  if (attribute.S !== undefined) return attribute.S;
  if (attribute.N !== undefined) return Number(attribute.N);
  if (attribute.BOOL !== undefined) return attribute.BOOL;
  if (attribute.L !== undefined) return attribute.L.map(fromAttribute);
  if (attribute.M !== undefined) return fromItem(attribute.M);
  if (attribute.NULL !== undefined) return null;
  throw new TypeError(`No JSON value: ${Object.keys(attribute).join(', ')}`);
}

export function fromItem(item: Record<string, AttributeValue>): Record<string, Exclude<ItemValue, undefined>> {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, fromAttribute(value)]));
}

function isList(value: readonly ItemValue[] | ItemMap): value is readonly ItemValue[] {
  return Array.isArray(value);
}
