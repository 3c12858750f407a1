import { ownerOf } from './event-parts.ts';

/** A letter that nobody could take in, sealed before it is laid aside: `<owner> v1.<base64url>`. */
const LETTER = /^([A-Z]+#[A-Za-z0-9_.:-]{1,128}) (v1\.[A-Za-z0-9_-]+)$/;
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
  const [, owner, seal] = LETTER.exec(body) ?? [];
  if (owner === undefined || seal === undefined) return body;
  const [text] = await vault.open([{ owner, context: CONTEXT, seal }]);
  return text;
}

/** Seals a message that is laid aside; undefined where whoever it is of has been erased, so that nothing is to be kept. */
export async function sealLetter(body: string, vault: Sealing): Promise<string | undefined> {
  if (LETTER.test(body)) return body;
  const owner = ownerOfText(body);
  const [sealed] = await vault.seal([{ owner, context: CONTEXT, text: body }]);
  return sealed && `${owner} ${sealed}`;
}

function ownerOfText(body: string): string {
  try {
    const data = (JSON.parse(body) as { data?: unknown } | null)?.data;
    const owner = typeof data === 'object' && data !== null ? ownerOf(data) : undefined;
    return owner !== undefined && LETTER.test(`${owner} v1.A`) ? owner : NOBODY;
  } catch {
    return NOBODY;
  }
}
