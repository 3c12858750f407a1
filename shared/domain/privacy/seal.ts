import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from 'node:crypto';

/** The two keys that come of one key of the vault: one encrypts, the other makes the nonce. */
export type SealingKeys = { encryption: Uint8Array; nonce: Uint8Array };

const VERSION = 'v1.';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

/** Derives the keys that an owner's key of 32 bytes stands for (HKDF, RFC 5869). */
export function sealingKeys(key: Uint8Array): SealingKeys {
  if (key.length !== KEY_BYTES) throw new RangeError(`A key has ${KEY_BYTES} bytes, not ${key.length}.`);
  const derive = (purpose: string) => new Uint8Array(hkdfSync('sha256', key, new Uint8Array(), purpose, KEY_BYTES));
  return { encryption: derive('rapport seal encryption'), nonce: derive('rapport seal nonce') };
}

/**
 * Encrypts a text (AES-256-GCM) into `v1.<base64url>`. The nonce is a keyed hash of context and text, a synthetic initialisation vector as
 * in RFC 5297, so that the same text of the same event gives the same seal: what is sent again is recognised without being read.
 * @param context what the seal belongs to; it opens with no other
 */
export function seal(keys: SealingKeys, context: string, text: string): string {
  const hmac = createHmac('sha256', keys.nonce);
  const nonce = hmac
    .update(`${Buffer.byteLength(context)} ${context}`)
    .update(text)
    .digest()
    .subarray(0, NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', keys.encryption, nonce).setAAD(Buffer.from(context));
  const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return VERSION + sealed.toString('base64url');
}

/** The text of a seal; undefined where it was made with other keys, for another context, or has been changed. */
export function openSeal(keys: SealingKeys, context: string, sealed: string): string | undefined {
  const bytes = sealed.startsWith(VERSION) ? Buffer.from(sealed.slice(VERSION.length), 'base64url') : Buffer.alloc(0);
  if (bytes.length < NONCE_BYTES + TAG_BYTES) return undefined;
  const nonce = bytes.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', keys.encryption, nonce).setAAD(Buffer.from(context));
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    const text = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES));
    return Buffer.concat([text, decipher.final()]).toString('utf8');
  } catch {
    // The tag does not fit: that is the answer, and nothing has gone wrong here.
    return undefined;
  }
}
