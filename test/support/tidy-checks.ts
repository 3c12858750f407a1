import { posix } from 'node:path';

/** Source files by their path from the project's root. */
export type Tree = ReadonlyMap<string, string>;

/** What a check finds: one sentence for each thing wrong, beginning with the path of the file. */
export type Check = (tree: Tree) => string[];

const LINES_PER_FUNCTION_FILE = 60;

/** What may import what, from the contract inwards out; a place may always import from itself. */
const LAYERS: { place: string; mayImport: string[] }[] = [
  { place: 'events/', mayImport: [] },
  { place: 'shared/policy/', mayImport: ['events/'] },
  { place: 'shared/domain/', mayImport: ['events/', 'shared/policy/'] },
  { place: 'shared/adapters/', mayImport: ['events/', 'shared/policy/', 'shared/domain/', 'shared/runtime/'] },
  { place: 'shared/runtime/', mayImport: ['events/', 'shared/policy/', 'shared/domain/', 'shared/adapters/'] },
  { place: 'functions/', mayImport: ['events/', 'shared/'] },
  // The local runtime is one process with its functions, so it sets the clock that they read.
  {
    place: 'infra/local/',
    mayImport: ['events/', 'shared/policy/', 'infra/', 'package.json', 'shared/runtime/clock.ts'],
  },
  // A back-test over a file is the domain itself, run on this machine.
  { place: 'infra/backtest/', mayImport: ['events/', 'shared/policy/', 'shared/domain/', 'infra/'] },
  // So are the training of models, and attacks on what judges reviews.
  { place: 'infra/text/', mayImport: ['shared/policy/', 'shared/domain/', 'infra/'] },
  { place: 'infra/attacks/', mayImport: ['events/', 'shared/policy/', 'shared/domain/', 'infra/'] },
  { place: 'infra/evaluation/', mayImport: ['events/', 'shared/policy/', 'shared/domain/', 'infra/'] },
  { place: 'infra/training/', mayImport: ['events/', 'shared/policy/', 'shared/domain/', 'infra/'] },
  // Whoever mends a backend reads its tables as it reads them itself, and works out anew what should stand there.
  {
    place: 'infra/repair/',
    mayImport: ['events/', 'shared/policy/', 'shared/domain/', 'shared/adapters/', 'infra/'],
  },
  // So does whoever proves, after a load, that all is there.
  {
    place: 'infra/load/',
    mayImport: ['events/', 'shared/policy/', 'shared/domain/', 'shared/adapters/', 'infra/'],
  },
  { place: 'infra/', mayImport: ['events/', 'shared/policy/', 'package.json'] },
  { place: 'docs/', mayImport: ['events/', 'shared/', 'functions/', 'infra/', 'package.json'] },
  { place: 'test/', mayImport: ['events/', 'shared/', 'functions/', 'infra/', 'docs/', 'package.json'] },
];

/** Packages that a place must not know. */
const FOREIGN: { places: string[]; packages: RegExp; why: string }[] = [
  {
    places: ['events/', 'shared/policy/', 'shared/domain/'],
    packages: /^(@aws-sdk\/|@smithy\/|@middy\/|aws-lambda$|aws-cdk-lib|constructs$)/,
    why: 'knows neither AWS nor middy',
  },
  {
    places: ['events/', 'shared/policy/', 'shared/domain/'],
    packages: /^node:(?!crypto$)/,
    why: 'reaches for nothing outside itself',
  },
  { places: ['shared/', 'functions/'], packages: /^(aws-cdk-lib|constructs$|cdk-nag)/, why: 'is not infrastructure' },
];

/** What makes a decision depend on more than its arguments. */
const IMPURE: [RegExp, string][] = [
  [/\bDate\.now\b/, 'Date.now'],
  [/\bnew Date\(\s*\)/, 'new Date()'],
  [/\bperformance\.now\b/, 'performance.now'],
  [/\bMath\.random\b/, 'Math.random'],
  [/\brandom(UUID|Bytes|Int)\b/, 'randomness'],
  [/\bprocess\b/, 'process'],
  [/\bset(Timeout|Interval|Immediate)\b/, 'a timer'],
  [/\bfetch\(/, 'the network'],
];

export const checks = {
  'imports run one way: functions, then adapters and runtime, then the domain, then the events': (tree) =>
    files(tree).flatMap(([path, text]) => {
      const layer = LAYERS.find(({ place }) => path.startsWith(place));
      return importsOf(text).flatMap(({ specifier }) => {
        if (!specifier.startsWith('.') || layer === undefined) return [];
        const target = posix.join(posix.dirname(path), specifier);
        const fine = [layer.place, ...layer.mayImport].some((place) => target.startsWith(place));
        const inside = path.startsWith('functions/') && target.startsWith('functions/');
        if (!fine || (inside && domainOf(path) !== domainOf(target))) return [`${path} imports ${target}`];
        return [];
      });
    }),

  'the domain, the policy and the events know no cloud': (tree) =>
    files(tree).flatMap(([path, text]) =>
      importsOf(text).flatMap(({ specifier }) =>
        FOREIGN.filter(({ places }) => places.some((place) => path.startsWith(place)))
          .filter(({ packages }) => packages.test(specifier))
          .map(({ why }) => `${path} imports ${specifier}, and ${why}`),
      ),
    ),

  'the domain and the policy are functions of their arguments': (tree) =>
    files(tree)
      .filter(([path]) => path.startsWith('shared/domain/') || path.startsWith('shared/policy/'))
      .flatMap(([path, text]) => {
        const code = withoutComments(text);
        return IMPURE.filter(([pattern]) => pattern.test(code)).map(([, name]) => `${path} uses ${name}`);
      }),

  'a file of a function fits on a screen': (tree) =>
    files(tree)
      .filter(([path]) => path.startsWith('functions/'))
      .map(([path, text]) => ({ path, lines: text.trimEnd().split('\n').length }))
      .filter(({ lines }) => lines > LINES_PER_FUNCTION_FILE)
      .map(({ path, lines }) => `${path} has ${lines} lines of at most ${LINES_PER_FUNCTION_FILE}`),

  'an event file defines one event, named as the file': (tree) =>
    files(tree)
      .filter(([path]) => path.startsWith('events/') && path !== 'events/define-event.ts')
      .flatMap(([path, text]) => {
        const code = withoutComments(text);
        const calls = code.match(/\bdefineEvent\s*(<|\()/g)?.length ?? 0;
        const wanted = isEventFile(path) ? 1 : 0;
        if (calls !== wanted) return [`${path} defines ${calls} events instead of ${wanted}`];
        if (wanted === 0) return [];
        const type = /\btype:\s*'([^']+)'/.exec(code)?.[1] ?? '';
        const name = `${type.replace(/\.(v\d+)$/, '').replace(/[._]/g, '-')}.${/v\d+$/.exec(type)?.[0]}.ts`;
        return posix.basename(path) === name ? [] : [`${path} defines ${type}`];
      }),

  'the catalogue lists every event': (tree) => {
    const catalogue = tree.get('events/catalogue.ts') ?? '';
    const list = /catalogue[^=]*=\s*\[([^\]]*)\]/.exec(catalogue)?.[1] ?? '';
    const listed = new Set(list.split(',').map((name) => name.trim()));
    return files(tree)
      .filter(([path]) => isEventFile(path))
      .flatMap(([path, text]) => {
        const name = /export const (\w+) = defineEvent/.exec(text)?.[1] ?? '';
        const imported = importsOf(catalogue).some((it) => posix.join('events', it.specifier) === path);
        return imported && listed.has(name) ? [] : [`${path} is not in the catalogue`];
      });
  },

  'zod is zod/mini, as one name': (tree) =>
    files(tree).flatMap(([path, text]) =>
      importsOf(text)
        .filter(({ specifier }) => specifier === 'zod' || specifier.startsWith('zod/'))
        .filter(({ specifier }) => !(path === 'events/envelope.ts' && specifier.startsWith('zod/v4/locales/')))
        .filter(({ specifier, clause }) => specifier !== 'zod/mini' || !/^(type )?\* as z$/.test(clause))
        .map(({ specifier, clause }) => `${path} imports ${clause} from ${specifier}`),
    ),

  'every file and folder is named for what it does': (tree) =>
    [...tree.keys()]
      .filter((path) =>
        path.split('/').some((part) => /(^|[-_.])(utils?|helpers?|common|managers?)([-_.]|$)/i.test(part)),
      )
      .map((path) => `${path} is named for nothing`),

  'nothing is left for later and no test is left out': (tree) =>
    files(tree).flatMap(([path, text]) =>
      LEFTOVERS.filter((pattern) => pattern.test(text)).map((pattern) => `${path} has ${pattern.exec(text)?.[0]}`),
    ),
} satisfies Record<string, Check>;

/** Written so that this file has none of them. */
const LEFTOVERS = [
  new RegExp(`\\b${'TO'}${'DO'}\\b`),
  new RegExp(`\\b${'FIX'}${'ME'}\\b`),
  /\.(skip|only)\(/,
  /\b(it|test|describe|suite)\.(skip|only|todo|fails)\b/,
];

function files(tree: Tree): [path: string, text: string][] {
  return [...tree].filter(([path]) => path.endsWith('.ts'));
}

const isEventFile = (path: string) => /^events\/.*\.v\d+\.ts$/.test(path);
const domainOf = (path: string) => path.split('/')[1];

/** Every import of a file: static, dynamic, of types, for effect, and what is exported on. */
function importsOf(text: string): { specifier: string; clause: string }[] {
  const code = withoutComments(text);
  const named = code.matchAll(/\b(?:import|export)\s+([^'"`;]*?)\s*\bfrom\s*['"]([^'"]+)['"]/g);
  const bare = code.matchAll(/\bimport\s*['"]([^'"]+)['"]/g);
  const called = code.matchAll(/\b(?:import|require)\s*\(\s*['"`]([^'"`]+)['"`]/g);
  return [
    ...[...named].map(([, clause = '', specifier = '']) => ({ specifier, clause })),
    ...[...bare, ...called].map(([, specifier = '']) => ({ specifier, clause: '' })),
  ];
}

/** The code without its comments; texts in quotes stay, whatever is in them. */
function withoutComments(text: string): string {
  const tokens = /('(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`)|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g;
  return text.replace(tokens, (_, quoted: string | undefined) => quoted ?? ' ');
}
