import { afterEach, expect, it, vi } from 'vitest';
import { defaultProvider } from '../../shared/adapters/aws/lambda-credentials.ts';
import { optionalEnv, readEnv } from '../../shared/runtime/env.ts';

afterEach(() => vi.unstubAllEnvs());

it('reads the credentials that Lambda sets, each time anew', async () => {
  const provide = defaultProvider();
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'key');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  vi.stubEnv('AWS_SESSION_TOKEN', 'token');
  expect(await provide()).toEqual({ accessKeyId: 'key', secretAccessKey: 'secret', sessionToken: 'token' });
  vi.stubEnv('AWS_SESSION_TOKEN', '');
  expect(await provide()).toEqual({ accessKeyId: 'key', secretAccessKey: 'secret' });
});

it('names what is missing', async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', '');
  await expect(defaultProvider()()).rejects.toThrow('AWS_ACCESS_KEY_ID');
  vi.stubEnv('INBOX_TABLE', 'inbox');
  expect(readEnv('INBOX_TABLE')).toEqual({ INBOX_TABLE: 'inbox' });
  expect(() => readEnv('INBOX_TABLE', 'NO_SUCH_TABLE', 'NOR_THIS')).toThrow('NO_SUCH_TABLE, NOR_THIS');
  expect(optionalEnv('NO_SUCH_TABLE', 'none')).toBe('none');
});
