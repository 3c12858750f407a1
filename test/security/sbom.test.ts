import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { licenceOf, sbomDocuments, staleSbom } from '../../infra/commands/sbom.ts';
import packageJson from '../../package.json' with { type: 'json' };

/** What may be deployed with code that is not given away. */
const ALLOWED = ['Apache-2.0', 'MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', '(MIT OR Apache-2.0)'];

const documents = sbomDocuments();
const { components } = JSON.parse(documents.get('sbom.json') ?? '{}') as {
  components: { name: string; version: string; licenses: []; hashes: { alg: string }[] }[];
};

describe('what is deployed beside our own code', () => {
  it('is listed as the lock file has it', () => {
    expect(staleSbom(documents)).toEqual([]);
    expect(staleSbom(new Map([['licences.md', 'other']]))).toEqual(['licences.md']);
  });

  it('is every package that is no tool, each with the hash of its content', () => {
    type Lock = { packages: Record<string, { dev?: boolean; devOptional?: boolean }> };
    const packages = Object.entries((JSON.parse(readFileSync('package-lock.json', 'utf8')) as Lock).packages);
    const deployed = packages.filter(([path, it]) => path !== '' && it.dev !== true && it.devOptional !== true);
    const names = deployed.map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length));
    expect(components.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
    for (const name of Object.keys(packageJson.dependencies)) expect(names).toContain(name);
    for (const { hashes } of components) expect(hashes[0]?.alg).toBe('SHA-512');
  });

  it('is under licences that let a shop deploy it', () => {
    const others = components.filter((component) => !ALLOWED.includes(licenceOf(component)));
    expect(others.map((it) => `${it.name}: ${licenceOf(it)}`)).toEqual([]);
    expect(licenceOf({ licenses: [{ license: { id: 'GPL-3.0-only' } }] })).toBe('GPL-3.0-only');
    expect(licenceOf({})).toBe('unknown');
  });
});

it('says nothing about time, place or the run that wrote it', () => {
  expect(documents.get('sbom.json')).not.toMatch(/serialNumber|timestamp/);
  expect(sbomDocuments()).toEqual(documents);
});

it.each([
  [['--help'], 0, /^Usage: npm run sbom/],
  [['--check'], 0, /^$/],
  [['--more'], 2, /^Unknown option '--more'.*\n$/],
])('the command with %j exits with %i', (args, status, says) => {
  const run = spawnSync(process.execPath, ['infra/commands/sbom.ts', ...args], { encoding: 'utf8' });
  expect(run.status).toBe(status);
  expect(run.stdout + run.stderr).toMatch(says);
});
