import type { TextModels } from './read-text.ts';
import { parseModel, type TextModel } from './text-model.ts';

type ModelLanguage = keyof TextModels;

/** Imported when first asked for: a function that reads no text carries none of it in memory, and its start is none the slower. */
const files: Record<ModelLanguage, () => Promise<{ default: { model: string } }>> = {
  zh: () => import('./models/zh.json', { with: { type: 'json' } }),
  en: () => import('./models/en.json', { with: { type: 'json' } }),
};

const loaded = new Map<ModelLanguage, Promise<TextModel>>();

/** The models of the release, each read once in the life of a process. */
export async function servingModels(): Promise<Required<TextModels>> {
  const [zh, en] = await Promise.all([servingModel('zh'), servingModel('en')]);
  return { zh, en };
}

export function servingModel(language: ModelLanguage): Promise<TextModel> {
  const model = loaded.get(language) ?? load(language);
  loaded.set(language, model);
  return model;
}

async function load(language: ModelLanguage): Promise<TextModel> {
  const { default: file } = await files[language]();
  const parsed = parseModel(Buffer.from(file.model, 'base64'));
  if (parsed.kind === 'refused') throw new Error(`The model of ${language} cannot be used: ${parsed.detail}`);
  return parsed.model;
}
