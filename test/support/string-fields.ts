import * as z from 'zod/mini';

type Definition = {
  type: string;
  shape?: Record<string, z.ZodMiniType>;
  innerType?: z.ZodMiniType;
  element?: z.ZodMiniType;
  options?: z.ZodMiniType[];
  in?: z.ZodMiniType;
};

/** Where a field stands: names of fields, and 0 for an element of a list. */
export type FieldPath = readonly (string | 0)[];

const definitionOf = (schema: z.ZodMiniType) => schema._zod.def as unknown as Definition;

/** Every field of a schema that can hold a string, whatever strings it takes. */
export function stringFields(schema: z.ZodMiniType, at: FieldPath = []): FieldPath[] {
  const { type, shape, innerType, element, options, in: input } = definitionOf(schema);
  if (type === 'string') return [at];
  if (shape !== undefined) {
    return Object.entries(shape).flatMap(([name, field]) => stringFields(field, [...at, name]));
  }
  if (element !== undefined) return stringFields(element, [...at, 0]);
  if (options !== undefined) return options.flatMap((option) => stringFields(option, at));
  const inner = innerType ?? input;
  return inner === undefined ? [] : stringFields(inner, at);
}

/** Every place of a schema that is an object: where a field may be sent along that nobody knows. */
export function objectPlaces(schema: z.ZodMiniType, at: FieldPath = []): FieldPath[] {
  const { shape, innerType, element, in: input } = definitionOf(schema);
  if (shape !== undefined) {
    return [at, ...Object.entries(shape).flatMap(([name, field]) => objectPlaces(field, [...at, name]))];
  }
  if (element !== undefined) return objectPlaces(element, [...at, 0]);
  const inner = innerType ?? input;
  return inner === undefined ? [] : objectPlaces(inner, at);
}

/** A copy of a value with another at a place; undefined where the value has no such place. */
export function withAt(value: unknown, [name, ...rest]: FieldPath, put: unknown): unknown {
  if (name === undefined) return put;
  if (name === 0) return Array.isArray(value) ? value.map((it) => withAt(it, rest, put)) : value;
  if (typeof value !== 'object' || value === null) return value;
  const before = (value as Record<string, unknown>)[name];
  if (before === undefined && rest.length > 0) return value;
  return { ...value, [name]: withAt(before, rest, put) };
}

/** Whether a field of a value takes a text: the schema takes the value with it, and keeps it. */
export function takesText(schema: z.ZodMiniType, value: unknown, path: FieldPath, text: string): boolean {
  const result = z.safeParse(schema, withAt(value, path, text));
  return result.success && JSON.stringify(result.data).includes(JSON.stringify(text).slice(1, -1));
}
