import { UsageError } from '../commands/usage-error.ts';
import { isStageName, stageNames } from '../config.ts';
import type { RepairBackend } from './backend.ts';
import { openDeployedBackend } from './deployed-backend.ts';
import { openLocalBackend } from './local-backend.ts';

const DEFAULT_URL = 'http://127.0.0.1:4000';

/** The flags by which every command that mends says which backend it means. */
export const whichBackend = { url: { type: 'string' }, stage: { type: 'string' } } as const;

export const whichBackendHelp = `  --url URL      the local backend (default: ${DEFAULT_URL})
  --stage NAME   the deployed stage ${stageNames.join(', ')} instead; credentials and region as the AWS SDK finds them`;

export type Which = { url?: string | undefined; stage?: string | undefined };

/** @throws UsageError for flags that name no backend, before anything is reached */
export function readWhich({ url, stage }: Which): Which {
  if (url !== undefined && stage !== undefined) throw new UsageError('A backend is either --url or --stage.');
  if (stage !== undefined && !isStageName(stage)) {
    throw new UsageError(`There is no stage "${stage}"; there are ${stageNames.join(', ')}.`);
  }
  if (url !== undefined && (!URL.canParse(url) || new URL(url).protocol !== 'http:')) {
    throw new UsageError(`"${url}" is no http URL.`);
  }
  return { url, stage };
}

/** @throws UsageError where the backend does not answer, or is not there */
export async function openBackend({ url = DEFAULT_URL, stage }: Which): Promise<RepairBackend> {
  return isStageName(stage) ? openDeployedBackend(stage) : openLocalBackend(url.replace(/\/+$/, ''));
}
