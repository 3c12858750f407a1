import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { eventSchema } from '../../docs/json-schemas.ts';
import { catalogue, findEvent } from '../../events/catalogue.ts';

/**
 * Events as shops have sent them, kept for ever: an event version that no longer takes one of them is a new version.
 * A file is named after its type, with what is special about it behind.
 */
const folder = join(import.meta.dirname, 'samples');
const files = readdirSync(folder).toSorted();
const samples = files.map((file) => {
  const event = JSON.parse(readFileSync(join(folder, file), 'utf8')) as { type: string; data: object };
  return { file, event };
});

const ajv = new Ajv2020({ strict: true, allErrors: true });
addFormats.default(ajv);
// Which fields are personal says nothing of what fits.
ajv.addKeyword({ keyword: 'x-personal', schemaType: 'array' });

describe('every event version', () => {
  it.each(catalogue.map(({ type }) => type))('%s has a sample', (type) => {
    expect(files).toContain(`${type}.json`);
  });
});

describe('every sample', () => {
  it.each(samples)('$file parses, and nothing that it says is lost', ({ file, event }) => {
    expect(file.startsWith(event.type)).toBe(true);
    const parsed = findEvent(event.type)?.parse(event);
    expect(parsed).toMatchObject({ ok: true });
    if (file === `${event.type}.json`) expect(parsed).toEqual({ ok: true, event });
  });

  it.each(samples)('$file fits its JSON Schema', ({ event }) => {
    const definition = findEvent(event.type);
    if (definition === undefined) throw new Error(`There is no ${event.type}`);
    const fits = ajv.getSchema(`urn:rapport:event:${event.type}`) ?? ajv.compile(eventSchema(definition));
    expect([fits(event), fits.errors]).toEqual([true, null]);
  });
});

describe('every JSON Schema', () => {
  it.each(catalogue)('of $type refuses an event without data', (definition) => {
    const fits = ajv.getSchema(`urn:rapport:event:${definition.type}`) ?? ajv.compile(eventSchema(definition));
    expect(fits({ ...definition.sample, data: {} })).toBe(false);
    expect(fits({ ...definition.sample, id: 'ada@example.org' })).toBe(false);
  });
});
