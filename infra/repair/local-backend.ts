import { UsageError } from '../commands/usage-error.ts';
import { backendOf, type Endpoints, type RepairBackend } from './backend.ts';

type Answer = Endpoints & { stage: 'dev' };

/**
 * A local backend that runs at `url`.
 * @throws UsageError where nothing answers there, or a backend that is not local
 */
export async function openLocalBackend(url: string): Promise<RepairBackend> {
  const { stage, ...endpoints } = await ask<Answer>(url, '/local/endpoints');
  const nowMs = async () => Date.parse((await ask<{ now: string }>(url, '/local/clock')).now);
  return backendOf({ name: url, stage, local: true, nowMs }, endpoints);
}

async function ask<Content>(url: string, path: string): Promise<Content> {
  let answer: Response;
  try {
    answer = await fetch(new URL(path, url));
  } catch {
    throw new UsageError(`No local backend answers at ${url}; start one with npm start, or name a --stage.`);
  }
  if (!answer.ok) throw new UsageError(`${url} is no local backend: ${path} answered ${answer.status}.`);
  return (await answer.json()) as Content;
}
