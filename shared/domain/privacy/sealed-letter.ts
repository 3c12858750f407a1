import { ID_PATTERN } from '../../../events/ids.ts';
import { ownerOf } from './event-parts.ts';

/**
 * A letter that nobody could take in, before it is laid aside: which event it is, as far as that can be told, and all of it sealed. The ids are
 * for whoever looks after it.
 */
type SealedLetter = { id?: string; type?: string; owner: string; letter: string };

const OWNER = /^[A-Z]+#[A-Za-z0-9_.:-]{1,128}$/;
const CONTEXT = 'letter';
/** Whose a letter is that does not say. */
const NOBODY = 'SHOP#DOOR';

type Sealing = {
  seal(texts: readonly { owner: string; context: string; text: string }[]): Promise<(string | undefined)[]>;
};
type Opening = {
  open(seals: readonly { owner: string; context: string; seal: string }[]): Promise<(string | undefined)[]>;
};

/** The text of a message, as it came or out of its seal; undefined where the key of the seal is gone. */
export async function openLetter(body: string, vault: Opening): Promise<string | undefined> {
  const sealed = readLetter(body);
  if (sealed === undefined) return body;
  const [text] = await vault.open([{ owner: sealed.owner, context: CONTEXT, seal: sealed.letter }]);
  return text;
}

/** Seals a message that is laid aside; undefined where whoever it is of has been erased, so that nothing is to be kept. */
export async function sealLetter(body: string, vault: Sealing): Promise<string | undefined> {
  if (readLetter(body) !== undefined) return body;
  const { id, type, data } = fieldsOf(body);
  const said = typeof data === 'object' && data !== null ? ownerOf(data) : undefined;
  const owner = said !== undefined && OWNER.test(said) ? said : NOBODY;
  const [letter] = await vault.seal([{ owner, context: CONTEXT, text: body }]);
  return letter && JSON.stringify({ ...(isId(id) && { id }), ...(isType(type) && { type }), owner, letter });
}

function readLetter(body: string): SealedLetter | undefined {
  const { owner, letter } = fieldsOf(body);
  if (typeof owner !== 'string' || typeof letter !== 'string') return undefined;
  return OWNER.test(owner) && /^v1\.[A-Za-z0-9_-]+$/.test(letter) ? { owner, letter } : undefined;
}

const isType = (value: unknown): value is string =>
  typeof value === 'string' && /^[a-z]+\.[a-z_]+\.v\d{1,3}$/.test(value);
const isId = (value: unknown): value is string => typeof value === 'string' && ID_PATTERN.test(value);

function fieldsOf(body: string): Readonly<Record<string, unknown>> {
  try {
    const fields: unknown = JSON.parse(body);
    return typeof fields === 'object' && fields !== null ? (fields as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
