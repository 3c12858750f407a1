import * as z from 'zod/mini';
import { defineRoute } from '../../shared/runtime/route.ts';

export type PlatformStores = { release: string };

/** Says that the backend answers, and which release of it does. */
export const getHealth = defineRoute<PlatformStores>({
  method: 'GET',
  path: '/v1/health',
  summary: 'Whether the backend answers, and which release does.',
  access: { kind: 'public' },
  answers: {
    200: {
      description: 'It does.',
      schema: z.object({ status: z.literal('ok'), version: z.string() }),
      example: { status: 'ok', version: '0.1.0' },
    },
  },
  problems: [],
  handle: async (_, { release }) => ({ status: 200, body: { status: 'ok', version: release } }),
});
