import fc from 'fast-check';
import * as z from 'zod/mini';

type Schema = z.ZodMiniType;
/** What is read of a schema here; zod documents it for libraries that walk schemas. */
type Definition = {
  type: string;
  shape?: Record<string, Schema>;
  innerType?: Schema;
  element?: Schema;
  options?: Schema[];
  valueType?: Schema;
  in?: Schema;
  left?: Schema;
  right?: Schema;
  values?: unknown[];
  entries?: Record<string, unknown>;
  getter?: () => Schema;
  checks?: { _zod: { def: Check } }[];
  format?: string;
};
type Check = { check: string; minimum?: number; maximum?: number; value?: number; pattern?: RegExp };

/**
 * Ids that generated requests have in common, so that one of them finds what another has made.
 */
export const KNOWN_IDS = [
  'ann',
  'bob',
  'ord-1',
  'ord-2',
  'rev-1',
  'cmp-1',
  'san-1',
  'cup-1',
  'red-1',
  'teapot',
  'hearth',
  '1',
];

/** Texts of which at least one fits any text there is in the contract; a schema takes those that it lets pass. */
const TEXTS = [
  ...KNOWN_IDS,
  ...['', ' ', 'web', 'EUR', 'CNY', 'en', 'zh-CN', 'UTC', 'Europe/Berlin', '02-29', '1990-12-31', '2026-01-05'],
  ...['2026-01-05T10:00:00Z', '2026-01-05T23:59:60+05:30', '2027-02-01T00:00:00+01:00', 'https://shop.example/a.png'],
  ...[
    'Home/Kitchen',
    'Grüße 你好 🫖',
    'it broke\nafter a day',
    '0',
    '20',
    '100',
    '-1',
    'true',
    'false',
    'newest',
    'helpful',
    'open',
  ],
  ...[
    'application/json',
    '/storefront/web',
    'none',
    'v1.AAAA',
    '20260105T100000-3f2a9c01',
    'urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66',
    '0123456789abcdef0123456789abcdef',
    'dev',
    '0.1.0',
    'welcome',
    'order',
    'member',
    '"1"',
    '*',
    'brand',
    'upheld',
    'approve',
    'publish',
    'reject',
  ],
];

const definitionOf = (schema: Schema): Definition => schema._zod.def as unknown as Definition;

function checksOf(schema: Schema): Check[] {
  return (definitionOf(schema).checks ?? []).map((check) => check._zod.def);
}

/**
 * Values that a schema reads, before any default or transformation, as JSON has them. What several fields together have to be is left to chance: a
 * few of the values are refused for it. Every part is drawn from what its own schema takes.
 * @throws Error for a kind of schema that the contract has had no use for
 */
export function validInput(schema: Schema): fc.Arbitrary<unknown> {
  const definition = definitionOf(schema);
  const checks = checksOf(schema);
  switch (definition.type) {
    case 'object': {
      const shape = definition.shape ?? {};
      const names = Object.keys(shape);
      const required = names.filter((name) => !isOptional(shape[name]));
      const parts = Object.fromEntries(names.map((name) => [name, validInput(shape[name] as Schema)]));
      return fc.record(parts, { requiredKeys: required }).map((it) => ({ ...it }));
    }
    case 'optional':
    case 'default':
    case 'prefault':
    case 'readonly':
    case 'nonoptional':
      return validInput(definition.innerType as Schema);
    case 'nullable':
      return fc.option(validInput(definition.innerType as Schema), { nil: null });
    case 'pipe':
      return validInput(definition.in as Schema);
    case 'lazy':
      return validInput((definition.getter as () => Schema)());
    case 'union':
      return fc.oneof(...(definition.options ?? []).map(validInput));
    case 'intersection':
      return fc
        .tuple(validInput(definition.left as Schema), validInput(definition.right as Schema))
        .map(([left, right]) => ({ ...(left as object), ...(right as object) }));
    case 'array': {
      const least = Math.max(
        0,
        ...checks.flatMap(({ check, minimum }) => (check === 'min_length' ? [minimum ?? 0] : [])),
      );
      return fc.array(validInput(definition.element as Schema), { minLength: least, maxLength: least + 3 });
    }
    case 'record':
      return fc.dictionary(fc.constantFrom('colour', 'size', 'a b'), validInput(definition.valueType as Schema));
    case 'literal':
      return fc.constantFrom(...(definition.values ?? []));
    case 'enum':
      return fc.constantFrom(...Object.values(definition.entries ?? {}));
    case 'boolean':
      return fc.boolean();
    case 'number':
      return numberOf(schema, checks);
    case 'string':
      return textOf(schema, checks);
    case 'unknown':
    case 'any':
      return fc.jsonValue({ maxDepth: 2 });
    default:
      throw new Error(`Nothing is generated of a schema of the kind ${definition.type}`);
  }
}

function isOptional(schema: Schema | undefined): boolean {
  return schema !== undefined && z.safeParse(schema, undefined).success;
}

const accepts = (schema: Schema) => (value: unknown) => z.safeParse(schema, value).success;

function numberOf(schema: Schema, checks: readonly Check[]): fc.Arbitrary<number> {
  const bounds = checks.flatMap(({ value }) => (typeof value === 'number' ? [value] : []));
  const edges = [
    ...[0.001, 0.01, 0.1, 0.25, 0.5, 0.9, 0.99, 1.5, 6, 12, 24, 28, 30, 60, 90, 365, 1_000, 10_000, 1_000_000],
    0,
    1,
    2,
    3,
    5,
    10,
    100,
    1_299,
    ...bounds,
    ...bounds.map((it) => it - 1),
    ...bounds.map((it) => it + 1),
  ];
  const fitting = [...new Set(edges)].filter(accepts(schema));
  if (fitting.length === 0) throw new Error('No number is known that this schema takes');
  return fc.constantFrom(...fitting);
}

function textOf(schema: Schema, checks: readonly Check[]): fc.Arbitrary<string> {
  const fitting = TEXTS.filter(accepts(schema));
  const pattern = checks.find((it) => it.pattern !== undefined)?.pattern;
  const longest = checks.flatMap(({ check, maximum }) => (check === 'max_length' ? [maximum ?? 0] : []))[0];
  const edges = longest === undefined ? [] : ['x'.repeat(longest), '漢'.repeat(longest)].filter(accepts(schema));
  const drawn = [...fitting, ...edges];
  const shortest = checks.flatMap(({ check, minimum }) => (check === 'min_length' ? [minimum ?? 0] : []))[0] ?? 0;
  const length = { minLength: shortest, maxLength: Math.min(longest ?? shortest + 40, shortest + 40) };
  // fast-check makes texts of a pattern, but of none that leaves the case of letters open.
  const matching = pattern !== undefined && !pattern.ignoreCase;
  const free = matching ? fc.stringMatching(pattern) : fc.string({ unit: 'grapheme', ...length });
  const taken = fc.sample(free, { numRuns: 40, seed: 1 }).filter(accepts(schema)).length;
  // What takes hardly any text that is made freely is given those that are known.
  if (drawn.length > 0 && taken < 20) return fc.constantFrom(...drawn);
  if (drawn.length === 0 && taken === 0)
    throw new Error(`No text is known that this schema takes: ${checks.map((it) => it.pattern ?? it.check)}`);
  const made = free.filter(accepts(schema));
  if (drawn.length === 0) return made;
  return fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...drawn) }, { weight: 1, arbitrary: made });
}

/** What is wrong in most places, and right in some. */
const STRANGE_VALUES: readonly unknown[] = [
  null,
  ...[true, false, 0, -1, -0, 1.5, 1e308, Number.MAX_SAFE_INTEGER + 2, -Number.MAX_SAFE_INTEGER],
  ...['', ' ', '\u0000', '\ud800', 'a\udfff', '\u202eevil', '__proto__', 'constructor', '#', 'MEMBER#ann', 'ACCOUNT'],
  ...[
    'a b',
    'ann@example.org',
    '+49 170 1234567',
    '../../etc/passwd',
    '%00',
    '%2e%2e%2f',
    '{{jndi:ldap://x}}',
    "' OR 1=1 --",
  ],
  ...[
    'x'.repeat(129),
    'x'.repeat(70_000),
    '😀'.repeat(5_000),
    '2026-02-30T00:00:00Z',
    '+275760-09-13T00:00:00.001Z',
    '0000-00-00',
  ],
  ...['9'.repeat(400), '1e999', 'NaN', 'Infinity', '-0', '[object Object]', 'null'],
  [],
  {},
  [[[]]],
  { toString: 1, valueOf: null },
  { constructor: { prototype: { admin: true } } },
  Array.from({ length: 300 }, () => 'ann'),
];
const STRANGE_NAMES = [
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  '',
  ' ',
  'pk',
  'sk',
  'memberId',
  'then',
  '$ref',
  'É',
];

type Change = { kind: 'drop' | 'replace' | 'add' | 'repeat' | 'nest'; at: number; value: unknown; name: string };

const change: fc.Arbitrary<Change> = fc.record({
  kind: fc.constantFrom('drop', 'replace', 'replace', 'replace', 'add', 'repeat', 'nest'),
  at: fc.nat(1_000),
  value: fc.oneof(fc.constantFrom(...STRANGE_VALUES), fc.jsonValue({ maxDepth: 2 })),
  name: fc.constantFrom(...STRANGE_NAMES),
});

/** Inputs of a schema, or those that are given, with one thing wrong with them, or two, as JSON text. */
export function nearlyValidJson(schema: Schema, valid = validInput(schema)): fc.Arbitrary<string> {
  const changed = fc
    .tuple(valid, fc.array(change, { minLength: 1, maxLength: 2 }))
    .map(([value, changes]) => JSON.stringify(changes.reduce(apply, value)) ?? 'null');
  // A name that an object literal cannot have; JSON.parse makes an own property of it.
  const polluted = fc
    .tuple(valid, fc.constantFrom('{"admin":true}', 'null', '"x"', '[]'))
    .map(([value, prototype]) => JSON.stringify(value).replace('{', `{"__proto__":${prototype},`).replace(',}', '}'));
  return fc.oneof({ weight: 9, arbitrary: changed }, { weight: 1, arbitrary: polluted });
}

const NESTED = 2_000;

function apply(value: unknown, { kind, at, value: strange, name }: Change): unknown {
  const copy = structuredClone(value);
  const places = placesIn(copy);
  const place = places[at % Math.max(1, places.length)];
  if (place === undefined) return strange;
  const [holder, key] = place;
  const inside = holder as Record<string, unknown>;
  if (kind === 'drop' && Array.isArray(holder)) holder.splice(Number(key), 1);
  else if (kind === 'drop') delete inside[key];
  else if (kind === 'add' && Array.isArray(holder)) holder.push(strange);
  else if (kind === 'add') define(holder, name, strange);
  else if (kind === 'repeat')
    define(
      holder,
      key,
      Array.from({ length: 3 + (at % 300) }, () => inside[key]),
    );
  else if (kind === 'nest') define(holder, key, nested(at % NESTED));
  else define(holder, key, strange);
  return copy;
}

function define(holder: object, key: string, value: unknown): void {
  Object.defineProperty(holder, key, { value, enumerable: true, writable: true, configurable: true });
}

function nested(depth: number): unknown {
  let value: unknown = 'x';
  for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? [value] : { a: value };
  return value;
}

function placesIn(value: unknown): [holder: object, key: string][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [[value, key] as [object, string], ...placesIn(inner)]);
}

/** What somebody may send who has read no schema. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    ...[
      '',
      ' ',
      '{',
      '}',
      '[',
      'null',
      'true',
      '0',
      '-',
      '""',
      '[]',
      '{}',
      '[{}]',
      '"\\ud800"',
      '{"a":"\\ud800"}',
      '\u0000',
      '\ufeff{}',
    ],
    ...[
      '{"__proto__":{"x":1}}',
      '{"a":1,"a":2}',
      '{"memberId":"ann"',
      '<xml/>',
      'a=1&b=2',
      'NaN',
      '1e999',
      '{"a":1e400}',
      '[1,]',
    ],
    ...[
      '['.repeat(20_000),
      '{"a":'.repeat(5_000),
      `"${'x'.repeat(300_000)}"`,
      `[${'0,'.repeat(50_000)}0]`,
      '\u2028',
      '\ud800',
    ],
  ),
  fc.json({ maxDepth: 3 }),
  fc.string({ unit: 'binary', maxLength: 200 }),
);

export const CONTENT_TYPES = [
  ...['application/json', 'application/json; charset=utf-8', 'APPLICATION/JSON', 'application/cloudevents+json'],
  ...[
    'application/cloudevents-batch+json',
    'text/plain',
    'application/xml',
    'multipart/form-data; boundary=x',
    '',
    ';',
    '/',
    'application/json;;;=',
  ],
];

/** Texts for a place in an address: some are ids, most are none. */
export const strangeSegment: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...KNOWN_IDS),
  fc.constantFrom(...STRANGE_VALUES.filter((it): it is string => typeof it === 'string' && it.length < 10_000)),
  fc.string({ unit: 'binary', maxLength: 20 }),
);

/** Parameters of a query as the gateway hands them on: all of them texts, of a schema's names or of none. */
export function strangeQuery(schema: Schema | undefined): fc.Arbitrary<Record<string, string>> {
  const names = [
    ...Object.keys(schema === undefined ? {} : (definitionOf(schema).shape ?? {})),
    'cursor',
    'limit',
    '__proto__',
    'x',
  ];
  const cursor = fc
    .oneof(
      fc.json({ maxDepth: 2 }),
      fc.constantFrom('{"pk":{"S":"MEMBER#bob"},"sk":{"S":"ACCOUNT"}}', '["ann"]', '{"0":{}}'),
    )
    .map((text) => Buffer.from(text).toString('base64url'));
  const value = fc.oneof(fc.constantFrom(...TEXTS, '0', '101', '1.5', '1e3', '٣'), cursor, strangeSegment);
  return fc
    .array(fc.tuple(fc.constantFrom(...names), value), { maxLength: 4 })
    .map((pairs) => Object.fromEntries(pairs.filter(([name]) => name !== '__proto__')));
}

/** Parameters of a query that fit a schema, as texts. */
export function validQuery(schema: Schema | undefined): fc.Arbitrary<Record<string, string>> {
  if (schema === undefined) return fc.constant({});
  return validInput(schema).map((query) =>
    Object.fromEntries(Object.entries(query as Record<string, unknown>).map(([name, value]) => [name, String(value)])),
  );
}
