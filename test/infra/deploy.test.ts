import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const home = mkdtempSync(join(tmpdir(), 'rapport-home-'));
afterAll(() => rmSync(home, { recursive: true }));

/** The command as a user without any AWS account runs it. */
function deploy(args: string[], env: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [resolve('infra/commands/deploy.ts'), ...args], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH ?? '', HOME: home, AWS_EC2_METADATA_DISABLED: 'true', ...env },
  });
  return { status, stdout, stderr };
}

const oneLine = /^deploy: .+\n$/;

test('--help explains every flag', () => {
  const { status, stdout } = deploy(['--help']);
  expect(status).toBe(0);
  for (const flag of ['--stage', '--synth-only', '--at-once', '--yes', '--issuer', '--audience'])
    expect(stdout).toContain(flag);
});

test.each([
  ['no stage', [], /Which stage/],
  ['a stage there is none of', ['--stage', 'production'], /no stage "production"; there are dev, staging, prod/],
  ['an unknown flag', ['--stage', 'dev', '--force'], /--force/],
  ['a stray word', ['--stage', 'dev', 'now'], /now/],
  ['an issuer that is no https URL', ['--stage', 'dev', '--issuer', 'http://login.example'], /no https URL/],
  [
    'an issuer in the clear where AWS itself is asked',
    ['--stage', 'dev', '--issuer', 'http://127.0.0.1:1/'],
    /no https URL/,
  ],
  ['two things at once', ['--stage', 'dev', '--diff', '--remove'], /--diff and --remove do not go together/],
  ['a removal that nobody can confirm', ['--stage', 'dev', '--remove'], /--yes/],
  ['a difference to an account that nobody knows', ['--stage', 'dev', '--diff'], /No AWS credentials/],
  ['an empty audience', ['--stage', 'dev', '--audience', ' '], /audience/],
  ['nobody to sign tokens', ['--stage', 'prod', '--yes'], /no issuer yet/],
  ['no terminal and no --yes', ['--stage', 'prod', '--issuer', 'https://login.example/'], /--yes/],
  ['no credentials', ['--stage', 'prod', '--issuer', 'https://login.example/', '--yes'], /No AWS credentials/],
])('refuses %s in one line, with nothing done', (_what, args, says) => {
  const { status, stdout, stderr } = deploy(args);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(oneLine);
  expect(stderr).toMatch(says);
});

test('refuses credentials without a region', () => {
  const keys = { AWS_ACCESS_KEY_ID: 'none', AWS_SECRET_ACCESS_KEY: 'none' };
  const { status, stderr } = deploy(['--stage', 'prod', '--issuer', 'https://login.example/', '--yes'], keys);
  expect(status).toBe(2);
  expect(stderr).toMatch(/No AWS region/);
});

test('refuses AWS that does not answer, before anything is written', { timeout: 60_000 }, () => {
  const keys = { AWS_ACCESS_KEY_ID: 'none', AWS_SECRET_ACCESS_KEY: 'none', AWS_REGION: 'eu-central-1' };
  const nowhere = { ...keys, AWS_ENDPOINT_URL: 'http://127.0.0.1:9' };
  const { status, stdout, stderr } = deploy(['--stage', 'dev', '--yes', '--issuer', 'http://127.0.0.1:1/'], nowhere);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(oneLine);
  expect(stderr).toMatch(/AWS does not answer in eu-central-1/);
});

test('--synth-only writes checked templates, offline', { timeout: 300_000 }, () => {
  const { status, stdout, stderr } = deploy(['--stage', 'staging', '--synth-only']);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(/rapport-staging-stateful: \d+ resources/);
  expect(stdout).toMatch(/rapport-staging-stateless: \d+ resources, \d+ of them functions/);
  expect(stdout).toMatch(/cdk-nag .* pass/);
  expect(stdout).toMatch(/placeholder/);
  expect(existsSync('cdk.out/staging/rapport-staging-stateless.template.json')).toBe(true);
});
