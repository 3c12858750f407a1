import * as z from 'zod/mini';
import { type CloudEvent, envelopeSchema, type InputError, inputErrors } from './envelope.ts';

export type EventFamily =
  | 'order'
  | 'review'
  | 'complaint'
  | 'quality'
  | 'member'
  | 'catalog'
  | 'behaviour'
  | 'loyalty'
  | 'reputation';

export type ParseResult<Event> = { ok: true; event: Event } | { ok: false; errors: InputError[] };

/** The EventBridge pattern of a rule that lets exactly one event type through. */
export type RulePattern = { source: [string]; 'detail-type': [string] };

export type EventDefinition<Type extends string = string, Data = unknown> = {
  type: Type;
  family: EventFamily;
  /** `in`: a shop may send it. `out`: Rapport alone publishes it. */
  direction: 'in' | 'out';
  summary: string;
  /** `source` on the bus. */
  busSource: string;
  rulePattern: RulePattern;
  schema: z.ZodMiniType<CloudEvent<Type, Data>>;
  dataSchema: z.ZodMiniType<Data>;
  /** The fields of `data` that say something of a person: names, days of birth, what somebody has written. */
  personal: readonly string[];
  /** A valid event, used by tests, documents and demonstrations. */
  sample: CloudEvent<Type, unknown>;
  /** Reads an unknown value; fields the schema does not know are dropped from `data`, never an error. */
  parse(input: unknown): ParseResult<CloudEvent<Type, Data>>;
  /** Builds an event of this type and throws a TypeError where it would not parse: the caller is our own code. */
  build(parts: BuildParts): CloudEvent<Type, Data>;
};

export type BuildParts = { id: string; source: string; time: string; subject?: string; data: unknown };

/** The data type of an event definition. */
export type DataOf<Definition> = Definition extends EventDefinition<string, infer Data> ? Data : never;
/** The whole event of a definition. */
export type EventOf<Definition> =
  Definition extends EventDefinition<infer Type, infer Data> ? CloudEvent<Type, Data> : never;

/** One call gives the schema, the parser, the builder and the rule pattern of an event version. */
export function defineEvent<const Type extends string, Schema extends z.ZodMiniType>(definition: {
  type: Type;
  family: EventFamily;
  direction?: 'in' | 'out';
  summary: string;
  data: Schema;
  personal?: readonly string[];
  sample: { subject: string; data: z.input<Schema> };
}): EventDefinition<Type, z.output<Schema>> {
  const { type, family, data } = definition;
  const schema = z.extend(envelopeSchema, { type: z.literal(type), data }) as unknown as z.ZodMiniType<
    CloudEvent<Type, z.output<Schema>>
  >;
  const parse = (input: unknown): ParseResult<CloudEvent<Type, z.output<Schema>>> => {
    const result = z.safeParse(schema, input, { reportInput: true });
    return result.success ? { ok: true, event: result.data } : { ok: false, errors: inputErrors(result.error.issues) };
  };
  return {
    type,
    family,
    direction: definition.direction ?? 'in',
    summary: definition.summary,
    busSource: `rapport.${family}`,
    rulePattern: { source: [`rapport.${family}`], 'detail-type': [type] },
    schema,
    personal: definition.personal ?? [],
    dataSchema: data as unknown as z.ZodMiniType<z.output<Schema>>,
    sample: {
      specversion: '1.0',
      id: `evt-${type}` as CloudEvent['id'],
      source: definition.direction === 'out' ? `rapport.${family}` : '/storefront/web',
      type,
      time: '2026-01-05T10:00:00Z',
      subject: definition.sample.subject,
      data: definition.sample.data,
    },
    parse,
    build(parts) {
      const result = parse({ specversion: '1.0', type, ...parts });
      if (!result.ok) throw new TypeError(`${type} cannot be built: ${JSON.stringify(result.errors)}`);
      return result.event;
    },
  };
}
