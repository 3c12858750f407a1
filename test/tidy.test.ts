import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Check, checks, type Tree } from './support/tidy-checks.ts';

const ROOT = join(import.meta.dirname, '..');
const PLACES = ['events', 'shared', 'functions', 'infra', 'docs', 'test'];

function project(): Tree {
  const paths = PLACES.flatMap((place) =>
    readdirSync(join(ROOT, place), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length + 1)),
  );
  // The examples below are full of what is looked for.
  const texts = paths.filter((path) => /\.(ts|json|md|ya?ml)$/.test(path) && path !== 'test/tidy.test.ts');
  return new Map(texts.map((path) => [path, readFileSync(join(ROOT, path), 'utf8')]));
}

type Name = keyof typeof checks;
type Example = { files: Record<string, string>; why: string };

const EVENT = "export const orderPlaced = defineEvent({ type: 'order.placed.v1' });";
const EVENT_FILE = 'events/order/order-placed.v1.ts';
const catalogue = (names: string) =>
  `import { orderPlaced } from './order/order-placed.v1.ts';\nexport const catalogue: readonly E[] = [${names}] as X;`;
const mark = (...parts: string[]) => parts.join('');

/** For each check what it finds, and what looks like it and is fine: a check that cannot fail checks nothing. */
const EXAMPLES: Record<Name, { bad: Example[]; good: Example[] }> = {
  'imports run one way: functions, then adapters and runtime, then the domain, then the events': {
    bad: [
      { files: { 'events/a.ts': "import { x } from '../shared/policy/p.ts';" }, why: 'events know nothing else' },
      { files: { 'shared/policy/p.ts': "import type { x } from '../domain/d/a.ts';" }, why: 'a type is an import' },
      { files: { 'shared/domain/d/a.ts': "import { x } from '../../adapters/dynamo/keys.ts';" }, why: 'no adapter' },
      { files: { 'shared/domain/d/a.ts': "export * from '../../runtime/clock.ts';" }, why: 'exported on' },
      { files: { 'shared/domain/d/a.ts': "const x = await import('../../runtime/clock.ts');" }, why: 'when called' },
      { files: { 'shared/runtime/r.ts': "import {\n  x,\n} from '../../functions/d/a.ts';" }, why: 'over lines' },
      { files: { 'shared/adapters/a.ts': "import '../../infra/config.ts';" }, why: 'for its effect' },
      { files: { 'functions/a/b.ts': "import { x } from '../c/d.ts';" }, why: 'of another domain' },
      { files: { 'functions/a/b.ts': "import { x } from '../../test/support/s.ts';" }, why: 'of a test' },
      { files: { 'infra/domains/d.ts': "import { x } from '../../functions/d/a.ts';" }, why: 'by path only' },
      { files: { 'infra/local/l.ts': "import { x } from '../../shared/domain/d/a.ts';" }, why: 'no domain' },
      { files: { 'infra/local/l.ts': "import { x } from '../../shared/runtime/log.ts';" }, why: 'the clock alone' },
      { files: { 'infra/commands/c.ts': "import { x } from '../../shared/runtime/clock.ts';" }, why: 'local alone' },
      {
        files: { 'infra/commands/c.ts': "import { x } from '../../shared/domain/d/a.ts';" },
        why: 'the back-test alone',
      },
    ],
    good: [
      {
        files: { 'functions/a/b.ts': "import { x } from '../../shared/runtime/r.ts';\nimport y from './c.ts';" },
        why: '',
      },
      { files: { 'shared/adapters/a.ts': "import { x } from '../domain/d/a.ts';" }, why: '' },
      { files: { 'infra/local/l.ts': "import { x } from '../../shared/runtime/clock.ts';" }, why: '' },
      { files: { 'infra/backtest/b.ts': "import { x } from '../../shared/domain/d/a.ts';" }, why: '' },
      {
        files: { 'infra/domains/d.ts': "const entry = 'functions/d/a.ts'; // import x from '../functions/x.ts'" },
        why: '',
      },
    ],
  },
  'the domain, the policy and the events know no cloud': {
    bad: [
      { files: { 'shared/domain/d/a.ts': "import { X } from '@aws-sdk/client-dynamodb';" }, why: 'the SDK' },
      { files: { 'shared/policy/p.ts': "import type { X } from 'aws-lambda';" }, why: 'Lambda' },
      { files: { 'events/a.ts': "import middy from '@middy/core';" }, why: 'middy' },
      { files: { 'shared/domain/d/a.ts': "import { readFileSync } from 'node:fs';" }, why: 'files' },
      { files: { 'functions/d/a.ts': "import { Stack } from 'aws-cdk-lib';" }, why: 'infrastructure' },
    ],
    good: [
      { files: { 'shared/adapters/a.ts': "import { X } from '@aws-sdk/client-dynamodb';" }, why: '' },
      { files: { 'shared/domain/d/a.ts': "import { createHash } from 'node:crypto';" }, why: '' },
    ],
  },
  'the domain and the policy are functions of their arguments': {
    bad: [
      { files: { 'shared/domain/d/a.ts': 'const now = Date.now();' }, why: 'the clock' },
      { files: { 'shared/domain/d/a.ts': 'const now = new Date( );' }, why: 'the clock again' },
      { files: { 'shared/policy/p.ts': 'const chance = Math.random();' }, why: 'chance' },
      { files: { 'shared/policy/p.ts': 'const { TABLE } = process.env;' }, why: 'the environment' },
      {
        files: { 'shared/domain/d/a.ts': "const url = 'http://x'; const now = Date.now();" },
        why: 'after a text with slashes',
      },
    ],
    good: [
      { files: { 'shared/domain/d/a.ts': '// never Date.now()\n/* nor Math.random() */\nnew Date(atMs);' }, why: '' },
      { files: { 'shared/runtime/clock.ts': 'const read = Date.now;' }, why: '' },
    ],
  },
  'a file of a function fits on a screen': {
    bad: [{ files: { 'functions/d/a.ts': 'x;\n'.repeat(61) }, why: 'one line too many' }],
    good: [{ files: { 'functions/d/a.ts': 'x;\n'.repeat(60), 'shared/domain/d/a.ts': 'x;\n'.repeat(600) }, why: '' }],
  },
  'an event file defines one event, named as the file': {
    bad: [
      { files: { [EVENT_FILE]: `${EVENT}\n${EVENT}` }, why: 'two' },
      { files: { [EVENT_FILE]: '' }, why: 'none' },
      { files: { 'events/order/order-owner.ts': EVENT }, why: 'one in a file of no version' },
      { files: { 'events/order/order-placed.v2.ts': EVENT }, why: 'another version' },
      { files: { 'events/order/order-made.v1.ts': EVENT }, why: 'another name' },
    ],
    good: [
      { files: { [EVENT_FILE]: `// defineEvent( once\n${EVENT}`, 'events/values.ts': 'export const x = 1;' }, why: '' },
      {
        files: { 'events/member/member-checked-in.v1.ts': "defineEvent({ type: 'member.checked_in.v1' })" },
        why: 'an underscore is a hyphen',
      },
    ],
  },
  'the catalogue lists every event': {
    bad: [
      { files: { [EVENT_FILE]: EVENT }, why: 'no catalogue' },
      { files: { [EVENT_FILE]: EVENT, 'events/catalogue.ts': catalogue('') }, why: 'imported, not listed' },
      {
        files: {
          [EVENT_FILE]: EVENT,
          'events/order/order-placed.v2.ts': EVENT,
          'events/catalogue.ts': catalogue('orderPlaced'),
        },
        why: 'one version of two',
      },
    ],
    good: [{ files: { [EVENT_FILE]: EVENT, 'events/catalogue.ts': catalogue('a, orderPlaced, b') }, why: '' }],
  },
  'zod is zod/mini, as one name': {
    bad: [
      { files: { 'events/a.ts': "import { z } from 'zod';" }, why: 'the whole of it' },
      { files: { 'test/a.test.ts': 'import * as z from "zod/v4";' }, why: 'in a test too' },
      { files: { 'events/a.ts': "import { z } from 'zod/mini';" }, why: 'everything of it is bundled' },
      { files: { 'events/a.ts': "const z = await import('zod');" }, why: 'when called' },
    ],
    good: [
      {
        files: {
          'events/a.ts': "import * as z from 'zod/mini';",
          'events/b.ts': "import type * as z from 'zod/mini';",
        },
        why: '',
      },
    ],
  },
  'every file and folder is named for what it does': {
    bad: [
      'shared/utils/a.ts',
      'infra/local/helpers.ts',
      'test/support/test-helper.ts',
      'shared/common/a.json',
      'infra/queue-manager.ts',
    ].map((path) => ({ files: { [path]: '' }, why: path })),
    good: [{ files: { 'shared/domain/commons/a.ts': '', 'infra/local/managed.ts': '' }, why: '' }],
  },
  'nothing is left for later and no test is left out': {
    bad: [
      { files: { 'events/a.ts': mark('// TO', 'DO: later') }, why: 'a note' },
      { files: { 'infra/a.ts': mark('/* FIX', 'ME */') }, why: 'a note' },
      { files: { 'test/a.test.ts': mark('it.sk', "ip('x', () => undefined)") }, why: 'a test left out' },
      { files: { 'test/a.test.ts': mark('describe.on', "ly('x', () => undefined)") }, why: 'all others left out' },
      { files: { 'test/a.test.ts': mark('it.sk', "ip.each([1])('x')") }, why: 'a table left out' },
    ],
    good: [{ files: { 'events/a.ts': 'const only = list[0]; text.slice(only);' }, why: '' }],
  },
};

describe('the code', () => {
  const tree = project();

  it('is read, all of it', () => {
    for (const place of PLACES) expect([...tree.keys()].some((path) => path.startsWith(`${place}/`))).toBe(true);
    expect(tree.size).toBeGreaterThan(150);
  });

  it.each(Object.entries(checks) as [Name, Check][])('%s', (_, check) => {
    expect(check(tree)).toEqual([]);
  });
});

describe.each(Object.entries(EXAMPLES) as [Name, (typeof EXAMPLES)[Name]][])(
  'the check that %s',
  (name, { bad, good }) => {
    const run = ({ files }: Example) => checks[name](new Map(Object.entries(files)));

    it.each(bad)('finds fault: $why', (example) => {
      expect(run(example)).not.toEqual([]);
    });

    it.each(good)('finds none: $files', (example) => {
      expect(run(example)).toEqual([]);
    });
  },
);
