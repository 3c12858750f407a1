import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { vaultKeys } from '../dynamo/keys.ts';
import { type PersonalItem, type PersonalItems, placeOf } from './vault.ts';

/** Where words stand: whose they are (`MEMBER#id`, `COMPLAINT#id` ...), and the event or command that brought them. */
export type WordsPlace = { owner: string; eventId: string };

/** What a transaction writes into the vault beside the record that the words belong to. */
export type Beside = readonly TransactWriteItem[];

export type WordsStore = {
  /**
   * The writes that put words into the vault, and with them whatever else of a person the transaction is to write there. None for an owner who
   * has been erased: the record then says that there were words, and nobody finds any.
   */
  beside(said: readonly (WordsPlace & { words: object })[], others?: readonly PersonalItem[]): Promise<Beside>;
  /** Words by the events that brought them, in one request with the keys; left out where there are none or the key is gone. */
  load<Words extends object>(
    places: readonly WordsPlace[],
    options?: { consistent: boolean },
  ): Promise<Map<string, Words>>;
};

/** What people have written, in the Vault table. */
export function wordsStore(vault: PersonalItems): WordsStore {
  return {
    beside(said, others = []) {
      const items = said.map(({ owner, eventId, words }) => ({ key: vaultKeys.words(owner, eventId), content: words }));
      return vault.writesOf([...items, ...others]);
    },

    async load<Words extends object>(places: readonly WordsPlace[], options = { consistent: false }) {
      if (places.length === 0) return new Map<string, Words>();
      const keyed = places.map(({ owner, eventId }) => ({ eventId, key: vaultKeys.words(owner, eventId) }));
      const { found } = await vault.read(
        keyed.map(({ key }) => key),
        options,
      );
      return new Map(
        keyed.flatMap(({ eventId, key }) => {
          const item = found.get(placeOf(key));
          return item === undefined ? [] : [[eventId, item.content as Words] as const];
        }),
      );
    },
  };
}
