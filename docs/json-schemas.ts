import * as z from 'zod/mini';
import type { EventDefinition } from '../events/define-event.ts';

export type JsonObject = { [name: string]: unknown };

/** Schemas that a document holds once and refers to, each with its reference. */
export type References = ReadonlyMap<unknown, string>;

/**
 * A zod schema as JSON Schema 2020-12, as its writer sees it: unknown fields are not forbidden unless the schema is
 * strict. What only a check in code can say (two lines that share an id, say) is not in it.
 */
export function jsonSchema(schema: z.ZodMiniType, references: References = new Map()): JsonObject {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    target: 'draft-2020-12',
    io: 'input',
    override({ zodSchema, jsonSchema: written }) {
      const $ref = references.get(zodSchema);
      if ($ref === undefined) return;
      for (const name of Object.keys(written)) delete (written as JsonObject)[name];
      written.$ref = $ref;
    },
  });
  return rest;
}

/** The schema file of one event version. */
export function eventSchema(definition: EventDefinition): JsonObject {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `urn:rapport:event:${definition.type}`,
    title: definition.type,
    description: definition.summary,
    ...jsonSchema(definition.schema),
    ...(definition.personal.length > 0 && { 'x-personal': [...definition.personal] }),
    examples: [definition.sample],
  };
}

/** Where the schema file of an event version stands, seen from the documents. */
export const schemaFile = (type: string): string => `schemas/${type}.json`;
