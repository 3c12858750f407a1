import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { documents, staleDocuments } from '../../docs/generate.ts';
import { allRoutes } from '../../docs/routes.ts';
import { catalogue } from '../../events/catalogue.ts';

type Json = { [name: string]: Json } & { $ref?: string };

const docs = resolve(import.meta.dirname, '../../docs');
const fresh = await documents();
const routes = await allRoutes();
const openapi = parse(fresh.get('openapi.yaml') ?? '') as Json;
const asyncapi = parse(fresh.get('asyncapi.yaml') ?? '') as Json;
const scratch = mkdtempSync(join(tmpdir(), 'documents-'));
afterAll(() => rmSync(scratch, { recursive: true }));

it('the documents that are committed show the code as it is', () => {
  expect(staleDocuments(docs, fresh)).toEqual([]);
});

it('the same code gives the same text', async () => {
  expect(await documents()).toEqual(fresh);
});

describe('every reference leads somewhere', () => {
  // Each document is read once: reading is what takes the time.
  const read = new Map([...fresh].map(([file, text]) => [file, parse(text) as Json]));
  const references = [...read].flatMap(([file, document]) => {
    return [...new Set(referencesOf(document))].map((ref) => ({ file, ref }));
  });

  it.each(references)('$file: $ref', ({ file, ref }) => {
    const [path = '', pointer = ''] = ref.split('#');
    const target = path === '' ? file : relative(docs, resolve(docs, dirname(file), path));
    expect(at(read.get(target) ?? null, pointer)).toBeTypeOf('object');
  });

  it('of the documents and their schemas', () => expect(references.length).toBeGreaterThan(50));
});

describe('OpenAPI', () => {
  it('has every route, and no other', () => {
    const listed = Object.entries(openapi.paths ?? {}).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(listed.toSorted()).toEqual(routes.map(({ method, path }) => `${method} ${path}`).toSorted());
  });

  it.each(routes)('says of $method $path who may, what comes back and what can go wrong', (route) => {
    const operation = openapi.paths?.[route.path]?.[route.method.toLowerCase()] as Json;
    const security = operation.security as unknown as Record<string, string[]>[];
    const scopes = route.access.kind === 'public' ? [] : route.access.scopes;
    const expected = scopes.map((scope): Record<string, string[]> => ({ service: [scope] }));
    const members = route.access.kind === 'member' || route.access.kind === 'owner';
    expect(security).toEqual(members ? [...expected, { member: ['member'] }] : expected);
    const statuses = Object.keys(operation.responses ?? {});
    expect(statuses).toEqual(expect.arrayContaining([...Object.keys(route.answers), '500', '503']));
    if (route.access.kind !== 'public') expect(statuses).toEqual(expect.arrayContaining(['401', '403']));
    const inPath = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    const parameters = (operation.parameters ?? []) as unknown as { in: string; name: string; required: boolean }[];
    expect(parameters.filter((it) => it.in === 'path').map((it) => it.name)).toEqual(inPath);
    expect(parameters.every((it) => it.in !== 'path' || it.required)).toBe(true);
  });

  it('gives each operation an id of its own', () => {
    const ids = routes.map(({ method, path }) => openapi.paths?.[path]?.[method.toLowerCase()]?.operationId);
    expect(new Set(ids).size).toBe(routes.length);
  });
});

describe('AsyncAPI', () => {
  it.each(catalogue)('has $type, received or sent, with its schema', ({ type, direction, busSource }) => {
    const action = direction === 'in' ? 'receive' : 'send';
    expect(asyncapi.operations?.[`${action}.${type}`]).toMatchObject({
      action,
      channel: { $ref: `#/channels/${type}` },
    });
    expect(asyncapi.channels?.[type]?.address).toBe(`${busSource}/${type}`);
    expect(asyncapi.components?.messages?.[type]?.payload).toEqual({ $ref: `./schemas/${type}.json` });
  });

  it('has nothing else', () => {
    expect(Object.keys(asyncapi.channels ?? {}).toSorted()).toEqual(catalogue.map(({ type }) => type).toSorted());
    expect(Object.keys(asyncapi.operations ?? {})).toHaveLength(catalogue.length);
  });
});

describe('a command, whose body is its own', () => {
  const commands = routes.filter((route) => route.bodySchema !== undefined);

  it('refuses unknown fields, whichever it is', () => {
    for (const { method, path } of commands) {
      const body = openapi.paths?.[path]?.[method.toLowerCase()]?.requestBody?.content?.['application/json']?.schema;
      // A body may have one of several forms; each is as strict as the other.
      const written = (body?.anyOf as unknown as Json[] | undefined) ?? [body];
      const forms = written.map((it) => (it?.$ref === undefined ? it : (at(openapi, it.$ref) as Json)));
      expect([path, forms.map((form) => form?.additionalProperties)]).toEqual([path, forms.map(() => false)]);
    }
  });
});

describe('a stale document is named', () => {
  it('when it differs, is missing, or is of an event that is no more', () => {
    const files = new Map([
      ['a.yaml', 'a'],
      ['b.yaml', 'b'],
    ]);
    writeFileSync(join(scratch, 'a.yaml'), 'another');
    expect(staleDocuments(scratch, files)).toEqual(['a.yaml', 'b.yaml']);
    expect(staleDocuments(docs, new Map([...fresh].slice(0, -1)))).toEqual([`schemas/${catalogue.at(-1)?.type}.json`]);
  });
});

describe('npm run docs', () => {
  const run = (...args: string[]) => {
    try {
      return {
        code: 0,
        out: execFileSync(process.execPath, [join(docs, 'generate.ts'), ...args], { encoding: 'utf8', stdio: 'pipe' }),
      };
    } catch (error) {
      const { status, stderr } = error as { status: number; stderr: string };
      return { code: status, out: stderr };
    }
  };

  it('explains itself', () => expect(run('--help')).toEqual({ code: 0, out: expect.stringContaining('--check') }));
  it('refuses what it does not know', () =>
    expect(run('--chekc')).toEqual({ code: 2, out: expect.stringContaining('--chekc') }));
});

it('every schema file is one of JSON Schema 2020-12', () => {
  for (const { type } of catalogue) {
    const schema = JSON.parse(readFileSync(join(docs, `schemas/${type}.json`), 'utf8')) as Json;
    expect(schema.$schema).toBe('https://json-schema.org/draft/2020-12/schema');
    expect(schema.$id).toBe(`urn:rapport:event:${type}`);
  }
});

function referencesOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = '$ref' in value && typeof value.$ref === 'string' ? [value.$ref] : [];
  return [...own, ...Object.values(value).flatMap(referencesOf)];
}

function at(document: Json | null, pointer: string): unknown {
  return pointer
    .split('/')
    .slice(1)
    .reduce<unknown>(
      (value, part) => (value as Json | undefined)?.[part.replaceAll('~1', '/').replaceAll('~0', '~')],
      document,
    );
}
