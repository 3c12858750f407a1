import { type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { batchGet } from './batch-get.ts';
import { type Key, reputationKeys } from './keys.ts';
import { keyItem } from './profile-records.ts';

/** Which model of its own a shop reads a language with, and since when. */
export type TextModelHead = { language: string; id: string; parts: number; trainedAtMs: number };

export type TextModelStore = {
  /** The models of the shop's own there are, by language. */
  heads(): Promise<Map<string, TextModelHead>>;
  /** The bytes of a model; undefined where a part of them is not there. */
  load(head: TextModelHead): Promise<Uint8Array | undefined>;
  /** Writes a model's parts and then the head that names them, so that a head never names what is not there. */
  save(head: Omit<TextModelHead, 'parts'>, bytes: Uint8Array): Promise<void>;
  /** How many reviews the shop had when it was last tried to learn from them; 0 where never. */
  reviewsAtLastRun(): Promise<number>;
  saveRun(reviews: number): Promise<void>;
};

const LANGUAGES = ['zh', 'en'];
/** An item takes 400 KB. */
const PART_BYTES = 350_000;

/** Models that were trained on a shop's own reviews, in the Reputation table. */
export function textModelStore(client: DynamoDBClient, table: string): TextModelStore {
  const partsOf = ({ language, id }: { language: string; id: string }, count: number): Key[] =>
    Array.from({ length: count }, (_, part) => reputationKeys.textModelPart(language, id, part));
  return {
    async heads() {
      const items = await batchGet(client, table, LANGUAGES.map(reputationKeys.textModel), { consistent: true });
      return new Map(
        items.map(({ language, id, parts, trainedAtMs }) => {
          const head = {
            language: language?.S ?? '',
            id: id?.S ?? '',
            parts: Number(parts?.N),
            trainedAtMs: Number(trainedAtMs?.N),
          };
          return [head.language, head] as const;
        }),
      );
    },

    async load(head) {
      const keys = partsOf(head, head.parts);
      const items = await batchGet(client, table, keys);
      const bySk = new Map(items.map((item) => [item.sk?.S, item.bytes?.B]));
      const parts = keys.map(({ sk }) => bySk.get(sk));
      return parts.every((part) => part !== undefined) ? Buffer.concat(parts) : undefined;
    },

    async save({ language, id, trainedAtMs }, bytes) {
      const count = Math.ceil(bytes.length / PART_BYTES);
      for (const [part, key] of partsOf({ language, id }, count).entries()) {
        const slice = bytes.subarray(part * PART_BYTES, (part + 1) * PART_BYTES);
        await client.send(new PutItemCommand({ TableName: table, Item: { ...keyItem(key), bytes: { B: slice } } }));
      }
      const head = {
        ...keyItem(reputationKeys.textModel(language)),
        language: { S: language },
        id: { S: id },
        parts: { N: String(count) },
        trainedAtMs: { N: String(trainedAtMs) },
      };
      await client.send(new PutItemCommand({ TableName: table, Item: head }));
    },

    async reviewsAtLastRun() {
      const [item] = await batchGet(client, table, [reputationKeys.textModelRun], { consistent: true });
      return Number(item?.reviews?.N ?? 0);
    },

    async saveRun(reviews) {
      const item = { ...keyItem(reputationKeys.textModelRun), reviews: { N: String(reviews) } };
      await client.send(new PutItemCommand({ TableName: table, Item: item }));
    },
  };
}
