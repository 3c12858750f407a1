import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { stacksOf } from './stage-templates.ts';

mkdirSync('cdk.out', { recursive: true });
const workshop = mkdtempSync(resolve('cdk.out/rollout-'));
afterAll(() => rmSync(workshop, { recursive: true }));
const prod = await stacksOf('prod');

/** A whole stage with its code, as the CDK's command line would have it, in a process of its own. */
function written(outdir: string): Record<string, string> {
  const script = `
    import { synthesise } from './infra/app.ts';
    await synthesise({ stage: 'prod', bundle: true, check: false, outdir: ${JSON.stringify(outdir)} });
  `;
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  // What is deployed: templates, and the list of the code that they name by its hash.
  const files = readdirSync(outdir).filter((it) => /\.(template|assets)\.json$/.test(it));
  return Object.fromEntries(files.map((file) => [file, readFileSync(join(outdir, file), 'utf8')]));
}

test('the same commit, deployed again, changes nothing: code, templates and all', { timeout: 300_000 }, () => {
  const [first, second] = ['first', 'second'].map((it) => written(join(workshop, it)));
  expect(Object.keys(first ?? {}).filter((it) => it.endsWith('.template.json')).length).toBeGreaterThanOrEqual(
    prod.length,
  );
  expect(Object.keys(second ?? {})).toEqual(Object.keys(first ?? {}));
  for (const [file, text] of Object.entries(first ?? {}))
    expect({ file, same: second?.[file] === text }).toEqual({ file, same: true });
});
