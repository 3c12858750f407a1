import { MEDIA_TYPE_BATCH } from '../../events/envelope.ts';
import type { Runtime } from '../../infra/local/runtime.ts';
import { type Happening, toEvent } from './order-histories.ts';

export type Reply = { status: number; body: Record<string, never> & Record<string, unknown> };

/** A storefront with a service token that talks to the backend over HTTP. */
export type Storefront = {
  send(...happenings: Happening[]): Promise<Reply>;
  post(body: string, headers?: Record<string, string>): Promise<Reply>;
  get(path: string, token?: string): Promise<Reply>;
};

export async function openStorefront(runtime: Runtime): Promise<Storefront> {
  const service = await runtime.token({ scope: 'events:write members:read desk' });
  const read = async (answer: Response): Promise<Reply> => ({
    status: answer.status,
    body: (await answer.json()) as Reply['body'],
  });
  const storefront: Storefront = {
    async post(body, headers = {}) {
      const authorization = `Bearer ${service}`;
      const init = { method: 'POST', body, headers: { authorization, 'content-type': MEDIA_TYPE_BATCH, ...headers } };
      return read(await fetch(`${runtime.url}/v1/events`, init));
    },
    send: async (...happenings) => storefront.post(JSON.stringify(happenings.map(toEvent))),
    async get(path, token = service) {
      return read(await fetch(`${runtime.url}${path}`, { headers: { authorization: `Bearer ${token}` } }));
    },
  };
  return storefront;
}
