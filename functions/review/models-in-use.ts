import type { TextModelHead, TextModelStore } from '../../shared/adapters/dynamo/text-model-store.ts';
import { servingModel } from '../../shared/domain/text/serving-models.ts';
import { parseModel, type TextModel } from '../../shared/domain/text/text-model.ts';
import type { Logger } from '../../shared/runtime/log.ts';

type Known = 'zh' | 'en';

export type ModelsInUse = {
  /** The model that a language is read with: the shop's own where there is one that can be used, else the release's. */
  modelFor(language: Known, heads: ReadonlyMap<string, TextModelHead>, log: Logger): Promise<TextModel>;
};

/** Models of the shop's own are read once in the life of a process; one never changes, its successor has another id. */
export function modelsInUse(store: Pick<TextModelStore, 'load'>): ModelsInUse {
  const loaded = new Map<string, Promise<TextModel | undefined>>();
  const load = async (head: TextModelHead, log: Logger): Promise<TextModel | undefined> => {
    const bytes = await store.load(head);
    const parsed = bytes && parseModel(bytes);
    if (parsed?.kind === 'parsed') return parsed.model;
    log.error('text_model_unusable', { language: head.language, id: head.id, code: parsed?.code ?? 'missing_part' });
    return undefined;
  };
  return {
    async modelFor(language, heads, log) {
      const head = heads.get(language);
      if (head === undefined) return await servingModel(language);
      const own = loaded.get(head.id) ?? load(head, log);
      loaded.set(head.id, own);
      // A read that failed is tried again with the next text.
      own.catch(() => loaded.delete(head.id));
      return (await own) ?? (await servingModel(language));
    },
  };
}
