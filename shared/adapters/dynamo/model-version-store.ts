import { type DynamoDBClient, type TransactWriteItem, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import type { ModelHeader } from '../../domain/recommend/model.ts';
import { isModelVersion } from '../../domain/recommend/model-format.ts';
import { fromItem, type ItemMap, toItem } from './attributes.ts';
import { batchGet } from './batch-get.ts';
import { type Key, recommendKeys } from './keys.ts';
import { type Item, keyItem, WriteConflict, writeFailure } from './profile-records.ts';
import { queryPages } from './query-pages.ts';

/** Which model serves, since when, and which one did before. */
export type Serving = { version: string; publishedAt: string; previous?: string | undefined };

/** What is kept of a model beside its file. */
export type ModelRecord = {
  version: string;
  /** RFC 3339: when it was published, or judged not to be. */
  publishedAt: string;
  bytes: number;
  counts: ModelHeader['counts'];
  figures: ModelHeader['figures'];
};
export type KeptModel = ModelRecord & {
  /** `published` has a file and may serve; `rejected` has none, it was worse than the one that served; `leaving` is about to lose its file. */
  state: 'published' | 'rejected' | 'leaving';
  /** Why it was rejected. */
  reason?: string | undefined;
  serving: boolean;
};

export type ModelVersionStore = {
  /** Which model serves; undefined where none was ever published. */
  serving(): Promise<Serving | undefined>;
  /**
   * Lets a model serve whose file is there, under the condition that the one that serves is still the one it was compared with. Publishing the one that
   * serves already changes nothing.
   */
  publish(record: ModelRecord, expectedServing: string | undefined): Promise<'published' | 'conflict'>;
  /** Keeps what a model reached that was not published. */
  reject(record: ModelRecord, reason: string): Promise<void>;
  /** Lets a model serve again that did before. */
  rollBack(version: string, at: string): Promise<'rolled_back' | 'not_kept' | 'conflict'>;
  /** All that are known, newest first. */
  list(): Promise<KeptModel[]>;
  /**
   * Takes the oldest away, files and records, but never the one that serves; what an earlier run has left half done too.
   * @returns the versions that are gone
   */
  prune(options: { keptVersions: number; removeFile: (version: string) => Promise<void> }): Promise<string[]>;
};

/** Which models there are, in the Recommend table. */
export function modelVersionStore(client: DynamoDBClient, table: string): ModelVersionStore {
  /** @returns false where somebody else has changed what the writes rest on */
  const written = async (...writes: TransactWriteItem[]): Promise<boolean> => {
    try {
      await client.send(new TransactWriteItemsCommand({ TransactItems: writes }));
      return true;
    } catch (error) {
      const failure = writeFailure(error);
      if (failure instanceof WriteConflict) return false;
      throw failure;
    }
  };
  const put = (key: Key, content: ItemMap) => ({
    TableName: table,
    Item: { ...keyItem(key), ...toItem(content) },
  });
  const pointTo = (serving: Serving, before: string | undefined): TransactWriteItem => ({
    Put: { ...put(recommendKeys.serving, serving), ...ifServing(before) },
  });

  const store: ModelVersionStore = {
    async serving() {
      const [item] = await batchGet(client, table, [recommendKeys.serving], { consistent: true });
      return servingOf(item);
    },

    async publish(record, expectedServing) {
      checkVersion(record.version);
      const { version, publishedAt } = record;
      const isDone =
        version !== expectedServing &&
        (await written(
          { Put: put(recommendKeys.modelVersion(version), { ...told(record), state: 'published' }) },
          pointTo({ version, publishedAt, previous: expectedServing }, expectedServing),
        ));
      if (isDone) return 'published';
      // An earlier attempt may have gone through without an answer.
      return (await store.serving())?.version === version ? 'published' : 'conflict';
    },

    async reject(record, reason) {
      checkVersion(record.version);
      const key = recommendKeys.modelVersion(record.version);
      // One that was published in the meantime stays what it is.
      await written({
        Put: {
          ...put(key, { ...told(record), state: 'rejected', reason }),
          ConditionExpression: 'attribute_not_exists(pk)',
        },
      });
    },

    async rollBack(version, at) {
      const serving = await store.serving();
      if (serving?.version === version) return 'rolled_back';
      const key = recommendKeys.modelVersion(version);
      const [item] = await batchGet(client, table, [key], { consistent: true });
      if (item?.state?.S !== 'published') return 'not_kept';
      const isDone = await written(
        { ConditionCheck: { TableName: table, Key: keyItem(key), ...ifState('published') } },
        pointTo({ version, publishedAt: at, previous: serving?.version }, serving?.version),
      );
      return isDone ? 'rolled_back' : 'conflict';
    },

    async list() {
      const serving = await store.serving();
      const models: KeptModel[] = [];
      for await (const items of queryPages(client, table, recommendKeys.models, recommendKeys.modelVersionPrefix)) {
        models.push(...items.map((item) => keptModelOf(item, serving)));
      }
      return models.sort((one, other) => (one.version < other.version ? 1 : -1));
    },

    async prune({ keptVersions, removeFile }) {
      const models = await store.list();
      const surplus = (['published', 'rejected'] as const).flatMap((state) =>
        models.filter((model) => model.state === state).slice(keptVersions),
      );
      const chosen = [...surplus, ...models.filter(({ state }) => state === 'leaving')].filter((it) => !it.serving);
      const gone: string[] = [];
      for (const { version, state } of chosen) {
        const key = keyItem(recommendKeys.modelVersion(version));
        // First it can no longer be chosen, then its file goes, then its record: whoever stops in between leaves nothing that serves without a file.
        const leaves = await written(
          { Update: { TableName: table, Key: key, ...ifState(state), ...leaving(state) } },
          { ConditionCheck: { TableName: table, Key: keyItem(recommendKeys.serving), ...unlessServing(version) } },
        );
        if (!leaves) continue;
        await removeFile(version);
        await written({ Delete: { TableName: table, Key: key, ...ifState('leaving') } });
        gone.push(version);
      }
      return gone;
    },
  };
  return store;
}

/** The pointer as an item of the table has it, for whoever reads it together with other items. */
export function servingOf(item: Item | undefined): Serving | undefined {
  if (item?.version?.S === undefined) return undefined;
  return { version: item.version.S, publishedAt: item.publishedAt?.S ?? '', previous: item.previous?.S };
}

function keptModelOf(item: Item, serving: Serving | undefined): KeptModel {
  const { pk: _pk, sk: _sk, ...content } = fromItem(item);
  const model = content as unknown as Omit<KeptModel, 'serving'>;
  return { ...model, serving: model.version === serving?.version };
}

/** What a shop of a handful of events cannot be measured by is no number, and no table takes it. */
function told(record: ModelRecord): ModelRecord {
  const figures = Object.entries(record.figures).filter(([, value]) => Number.isFinite(value));
  return { ...record, figures: Object.fromEntries(figures) };
}

function checkVersion(version: string): void {
  if (!isModelVersion(version)) throw new TypeError(`${version} is no version of a model`);
}

const ifServing = (version: string | undefined) =>
  version === undefined
    ? { ConditionExpression: 'attribute_not_exists(pk)' }
    : {
        ConditionExpression: '#version = :expected',
        ExpressionAttributeNames: { '#version': 'version' },
        ExpressionAttributeValues: { ':expected': { S: version } },
      };

const unlessServing = (version: string) => ({
  ConditionExpression: 'attribute_not_exists(pk) OR #version <> :version',
  ExpressionAttributeNames: { '#version': 'version' },
  ExpressionAttributeValues: { ':version': { S: version } },
});

const ifState = (state: KeptModel['state']) => ({
  ConditionExpression: '#state = :state',
  ExpressionAttributeNames: { '#state': 'state' },
  ExpressionAttributeValues: { ':state': { S: state } },
});

const leaving = (from: KeptModel['state']) => ({
  UpdateExpression: 'SET #state = :leaving',
  ExpressionAttributeValues: { ':state': { S: from }, ':leaving': { S: 'leaving' } },
});
