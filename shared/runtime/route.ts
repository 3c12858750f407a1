import type * as z from 'zod/mini';
import type { ProblemCode } from './errors.ts';
import type { MetricCounts } from './metrics.ts';

/**
 * Who may call a route. There is no default: a route without an access rule does not compile, and the HTTP handler
 * checks the rule before it calls anything of the route.
 * - `public`: anybody.
 * - `service`: a token with one of the scopes.
 * - `member`: a token with one of the scopes, or a member token (scope `member`) whose `sub` is the member the path names,
 *   or, with `memberField`, the body.
 * - `owner`: a token with one of the scopes, or any member's token: whose it is only the record says, so the route itself
 *   answers a member who asks for what is another's as if there were nothing.
 */
export type Access =
  | { kind: 'public' }
  | { kind: 'service'; scopes: readonly Scope[] }
  | { kind: 'member'; scopes: readonly Scope[]; memberParameter: string }
  | { kind: 'member'; scopes: readonly Scope[]; memberField: string }
  | { kind: 'owner'; scopes: readonly Scope[] };

export type Scope = 'events:write' | 'members:read' | 'members:write' | 'reputation:read' | 'desk' | 'admin';

export type Caller =
  | { kind: 'anonymous' }
  /** `subject` is who the token says it was given to, where it says so. */
  | { kind: 'service'; scopes: readonly string[]; subject?: string | undefined }
  | { kind: 'member'; memberId: string };

/** What a route is given: already checked against its schemas and its access rule. */
export type RouteRequest<Path, Query, Body, Headers = undefined> = {
  path: Path;
  query: Query;
  body: Body;
  headers: Headers;
  caller: Caller;
  nowMs: number;
  correlationId: string;
  /** The correlation id that the caller has given; undefined where the gateway's stands in. */
  givenCorrelationId: string | undefined;
  /** Counts something for the metrics of the function. */
  count: (counts: MetricCounts) => void;
};

export type RouteAnswer<Answer> = { status: number; body: Answer; headers?: Record<string, string> };

/**
 * One route of the public contract: documents, access and code in one value. `Stores` is what the domain's http.ts
 * opens at cold start and hands to every route.
 */
export type Route<Stores> = {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** As API Gateway writes it: `/v1/members/{id}`. */
  path: string;
  summary: string;
  access: Access;
  /** Whoever may call it may also ask for members who have been erased; without it there is nothing of them to anybody. */
  admitsErased?: true;
  pathSchema?: z.ZodMiniType;
  querySchema?: z.ZodMiniType;
  /** Of the headers that the route reads, by their names in lower case. */
  headerSchema?: z.ZodMiniType;
  /** The body is parsed as JSON and checked; `rawBody` gives the route the text itself with its content type. */
  bodySchema?: z.ZodMiniType;
  rawBody?: { mediaTypes: readonly string[]; limitBytes: number };
  /** What the documents say of the body, where the route itself checks more of it than `bodySchema` does. */
  documentedBody?: z.ZodMiniType;
  /** `headers`: what the headers of the answer are for, by their names. */
  answers: Record<
    number,
    { description: string; schema: z.ZodMiniType; example?: unknown; headers?: Readonly<Record<string, string>> }
  >;
  problems: readonly ProblemCode[];
  handle(request: RouteRequest<never, never, never, never>, stores: Stores): Promise<RouteAnswer<unknown>>;
};

type Output<Schema> = Schema extends z.ZodMiniType ? z.output<Schema> : undefined;

export type RawBody = { text: string; mediaType: string; bytes: number };

/** Ties the types of a route's schemas to its handler. */
export function defineRoute<
  Stores,
  PathSchema extends z.ZodMiniType | undefined = undefined,
  QuerySchema extends z.ZodMiniType | undefined = undefined,
  BodySchema extends z.ZodMiniType | undefined = undefined,
  Raw extends { mediaTypes: readonly string[]; limitBytes: number } | undefined = undefined,
  HeaderSchema extends z.ZodMiniType | undefined = undefined,
>(definition: {
  method: Route<Stores>['method'];
  path: string;
  summary: string;
  access: Access;
  admitsErased?: true;
  pathSchema?: PathSchema;
  querySchema?: QuerySchema;
  headerSchema?: HeaderSchema;
  bodySchema?: BodySchema;
  rawBody?: Raw;
  documentedBody?: z.ZodMiniType;
  answers: Route<Stores>['answers'];
  problems: readonly ProblemCode[];
  handle(
    request: RouteRequest<
      Output<PathSchema>,
      Output<QuerySchema>,
      Raw extends undefined ? Output<BodySchema> : RawBody,
      Output<HeaderSchema>
    >,
    stores: Stores,
  ): Promise<RouteAnswer<unknown>>;
}): Route<Stores> {
  return definition as unknown as Route<Stores>;
}
