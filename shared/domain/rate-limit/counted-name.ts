import { createHmac } from 'node:crypto';

export type Counted = { kind: 'member' | 'address'; id: string };

const NAME_BYTES = 16;

/**
 * The name that a caller is counted under: a keyed hash of a member's id or of an address. Its key is a random salt that lives for an hour and is then
 * written over, so that afterwards nobody can tell whose counter it was, not even by trying out every address there is.
 */
export function countedName({ kind, id }: Counted, salt: Uint8Array): string {
  const text = kind === 'address' ? networkOf(id) : id;
  return createHmac('sha256', salt).update(`${kind}#${text}`).digest().subarray(0, NAME_BYTES).toString('base64url');
}

/** An IPv6 address written out whole has eight groups; a line is given the first four of them and uses the others as it likes. */
const GROUPS = 8;
const GROUPS_OF_A_LINE = 4;

/**
 * What of an address stands for one line: an IPv4 address as it is, also where it is written as an IPv6 one; of an IPv6 address the first 64 bits (RFC
 * 4291, RFC 6177). Anything else stands for itself.
 */
export function networkOf(address: string): string {
  const mapped = /^(?:0*:){2,}ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped?.[1] !== undefined) return mapped[1];
  if (!/^[0-9a-f:]+(%.*)?$/i.test(address) || !address.includes(':')) return address.toLowerCase();
  const [head = '', tail] = address.replace(/%.*$/, '').toLowerCase().split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : Math.max(0, GROUPS - before.length - after.length);
  const groups = [...before, ...Array.from({ length: zeros }, () => '0'), ...after];
  return groups
    .slice(0, GROUPS_OF_A_LINE)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':');
}
