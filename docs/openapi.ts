import type { EventDefinition } from '../events/define-event.ts';
import { MEDIA_TYPE_BATCH, MEDIA_TYPE_EVENT } from '../events/envelope.ts';
import { INTAKE_LIMITS } from '../shared/domain/intake/limits.ts';
import { policySchema } from '../shared/policy/policy-schema.ts';
import { PROBLEMS, type ProblemCode } from '../shared/runtime/errors.ts';
import { PROBLEM_MEDIA_TYPE, problemDetails, problemSchema } from '../shared/runtime/problem-details.ts';
import type { Access, Route } from '../shared/runtime/route.ts';
import { type JsonObject, jsonSchema, type References, schemaFile } from './json-schemas.ts';

export type DocumentedRoute = Omit<Route<never>, 'handle'> & { domain: string };

/** What several routes take or answer, and is long. */
const COMPONENTS = { Policy: policySchema };

const REFERENCES: References = new Map(
  Object.entries(COMPONENTS).map(([name, schema]) => [schema, `#/components/schemas/${name}`]),
);

/** The schemas of bodies that a route reads as text, by media type. */
const RAW_BODIES: Record<string, string> = { [MEDIA_TYPE_EVENT]: 'Event', [MEDIA_TYPE_BATCH]: 'EventBatch' };

/** Every route as OpenAPI 3.1. */
export function openApi(
  routes: readonly DocumentedRoute[],
  events: readonly EventDefinition[],
  version: string,
): JsonObject {
  const paths: Record<string, JsonObject> = {};
  for (const route of routes.toSorted((a, b) => order(a).localeCompare(order(b), 'en'))) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Rapport',
      version,
      description:
        'Money is an integer in minor units. Ids have 1-128 characters from `A-Z a-z 0-9 _ - . :`. Times are RFC 3339 ' +
        'with offset. Errors are RFC 9457 problem details with a stable `code`. Lists take `limit` and `cursor`.',
    },
    servers: [{ url: 'http://127.0.0.1:4000', description: 'The local runtime.' }],
    tags: [...new Set(routes.map(({ domain }) => domain))].toSorted().map((name) => ({ name })),
    paths,
    components: {
      schemas: { ...eventSchemas(events), Policy: jsonSchema(COMPONENTS.Policy), Problem: jsonSchema(problemSchema) },
      securitySchemes: {
        service: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: "A service's OAuth 2 token; its `scope` claim has the scope that a route names.",
        },
        member: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: "A member's token: scope `member`, and `sub` is the member whose own routes it reaches.",
        },
      },
    },
  };
}

const order = ({ path, method }: DocumentedRoute): string => `${path} ${method}`;

function eventSchemas(events: readonly EventDefinition[]): JsonObject {
  const incoming = events.filter(({ direction }) => direction === 'in');
  return {
    Event: {
      description: 'A CloudEvent 1.0 of one of the types that a shop may send.',
      oneOf: incoming.map(({ type }) => ({ $ref: `./${schemaFile(type)}` })),
      discriminator: {
        propertyName: 'type',
        mapping: Object.fromEntries(incoming.map(({ type }) => [type, `./${schemaFile(type)}`])),
      },
    },
    EventBatch: {
      type: 'array',
      minItems: 1,
      maxItems: INTAKE_LIMITS.eventsPerRequest,
      items: { $ref: '#/components/schemas/Event' },
    },
  };
}

function operation(route: DocumentedRoute): JsonObject {
  const parameters = [
    ...parametersOf(route, 'path'),
    ...parametersOf(route, 'query'),
    ...parametersOf(route, 'header'),
  ];
  return {
    operationId: operationId(route),
    summary: route.summary,
    tags: [route.domain],
    security: securityOf(route.access),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...requestBody(route),
    responses: { ...answers(route), ...problems(route) },
  };
}

function operationId({ method, path }: DocumentedRoute): string {
  const words = path.split(/[^A-Za-z0-9]+/).filter((it) => it !== '');
  return [method.toLowerCase(), ...words.map((it) => it.charAt(0).toUpperCase() + it.slice(1))].join('');
}

function securityOf(access: Access): JsonObject[] {
  if (access.kind === 'public') return [];
  const services = access.scopes.map((scope) => ({ service: [scope] }));
  return access.kind === 'member' || access.kind === 'owner' ? [...services, { member: ['member'] }] : services;
}

function parametersOf(route: DocumentedRoute, place: 'path' | 'query' | 'header'): JsonObject[] {
  const schema = { path: route.pathSchema, query: route.querySchema, header: route.headerSchema }[place];
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = jsonSchema(schema) as {
    properties?: Record<string, JsonObject>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, shape]) => ({
    name,
    in: place,
    required: place === 'path' || (required.includes(name) && shape.default === undefined),
    schema: shape,
  }));
}

function requestBody(route: DocumentedRoute): JsonObject {
  if (route.rawBody !== undefined) {
    const content = route.rawBody.mediaTypes.map((mediaType) => {
      const name = RAW_BODIES[mediaType];
      if (name === undefined) throw new Error(`${route.path}: no schema is known for ${mediaType}`);
      return [mediaType, { schema: { $ref: `#/components/schemas/${name}` } }] as const;
    });
    const description = `At most ${route.rawBody.limitBytes} bytes.`;
    return { requestBody: { required: true, description, content: Object.fromEntries(content) } };
  }
  const schema = route.documentedBody ?? route.bodySchema;
  if (schema === undefined) return {};
  return {
    requestBody: { required: true, content: { 'application/json': { schema: jsonSchema(schema, REFERENCES) } } },
  };
}

function answers(route: DocumentedRoute): JsonObject {
  const entries = Object.entries(route.answers).map(([status, { description, schema, example, headers }]) => {
    const content = { schema: jsonSchema(schema, REFERENCES), ...(example === undefined ? {} : { example }) };
    const named = headers && { headers: headersOf(headers) };
    return [status, { description, ...named, content: { 'application/json': content } }] as const;
  });
  return Object.fromEntries(entries);
}

function headersOf(headers: Readonly<Record<string, string>>): JsonObject {
  return Object.fromEntries(
    Object.entries(headers).map(([name, description]) => [name, { description, schema: { type: 'string' } }]),
  );
}

/** What a route says it may answer, and what the handler answers for every route of its kind. */
function problems(route: DocumentedRoute): JsonObject {
  const codes = new Set<ProblemCode>(route.problems);
  if (route.access.kind !== 'public') codes.add('unauthorized').add('forbidden');
  if ([route.pathSchema, route.querySchema, route.headerSchema].some((it) => it !== undefined))
    codes.add('invalid_request');
  if (route.bodySchema !== undefined) {
    codes.add('invalid_request').add('malformed_json').add('unsupported_media_type').add('body_too_large');
  }
  // Whoever is no service is counted: members by their tokens, everybody else by address.
  if (route.access.kind !== 'service') codes.add('too_many_requests');
  codes.add('unavailable').add('internal');
  const byStatus = Map.groupBy(codes, (code) => PROBLEMS[code].status);
  const entries = [...byStatus].map(([status, group]) => [status, problemResponse(group, route.path)] as const);
  return Object.fromEntries(entries);
}

function problemResponse(codes: readonly ProblemCode[], path: string): JsonObject {
  const examples = codes.map((code) => {
    const value = problemDetails({ code, detail: PROBLEMS[code].title, instance: path });
    return [code, { value }] as const;
  });
  const waits = codes.some((code) => code === 'too_many_requests' || code === 'unavailable');
  return {
    description: codes.map((code) => `\`${code}\`: ${PROBLEMS[code].title}.`).join(' '),
    ...(waits && { headers: { 'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer' } } } }),
    content: {
      [PROBLEM_MEDIA_TYPE]: {
        schema: { $ref: '#/components/schemas/Problem' },
        examples: Object.fromEntries(examples),
      },
    },
  };
}
