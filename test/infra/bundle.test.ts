import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { bundleFile, bundleInto } from '../../infra/constructs/bundle.ts';

const folder = mkdtempSync(join(tmpdir(), 'rapport-bundle-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('the largest consumer is within its budget, and carries no credentials chain', () => {
  bundleInto('functions/loyalty/on-order-placed.ts', folder);
  const code = readFileSync(join(folder, bundleFile));
  expect(code.length).toBeLessThanOrEqual(400 * 1_024);
  expect(gzipSync(code).length).toBeLessThanOrEqual(120 * 1_024);
  for (const sign of ['AWS_WEB_IDENTITY_TOKEN_FILE', 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI', 'credential_process']) {
    expect({ sign, found: code.includes(sign) }).toEqual({ sign, found: false });
  }
});

test('a bundle loads as a module of its own, with the modules of Node it needs', async () => {
  bundleInto('functions/platform/http.ts', folder);
  process.env.RELEASE = 'test';
  const module: unknown = await import(join(folder, bundleFile));
  expect(module).toHaveProperty('handler', expect.any(Function));
});

test('an entry that is not there is named in one line', () => {
  expect(() => bundleInto('functions/nothing.ts', folder)).toThrow(/^functions\/nothing\.ts cannot be bundled: .+$/);
});
