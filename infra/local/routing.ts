/** Which route a request takes, as an HTTP API of API Gateway decides: the most specific route wins, `$default` is last. */
import { type RouteModel, WiringError } from './wiring/model.ts';

export type RouteMatch = { route: RouteModel; pathParameters: Readonly<Record<string, string>> };

type Segment = { kind: 'literal'; text: string } | { kind: 'parameter'; name: string } | { kind: 'rest'; name: string };
type Compiled = { route: RouteModel; method: string; segments: readonly Segment[] };

/** Compiles the routes once; the result finds the route of a method and a raw path. */
export function routerOf(routes: readonly RouteModel[]): (method: string, rawPath: string) => RouteMatch | undefined {
  const fallback = routes.find(({ routeKey }) => routeKey === '$default');
  const compiled = routes.filter((route) => route !== fallback).map(compile);
  compiled.sort(moreSpecificFirst);
  return (method, rawPath) => {
    const parts = rawPath.split('/').slice(1);
    for (const candidate of compiled) {
      if (candidate.method !== 'ANY' && candidate.method !== method) continue;
      const pathParameters = match(candidate.segments, parts);
      if (pathParameters !== undefined) return { route: candidate.route, pathParameters };
    }
    return fallback === undefined ? undefined : { route: fallback, pathParameters: {} };
  };
}

function compile(route: RouteModel): Compiled {
  const [, method, path] = /^([A-Z]+) (\/.*)$/.exec(route.routeKey) ?? [];
  if (method === undefined || path === undefined)
    throw new WiringError(`The route key ${route.routeKey} is not known locally`);
  const segments = path
    .split('/')
    .slice(1)
    .map((part): Segment => {
      const [, name, rest] = /^\{([^+}]+)(\+?)\}$/.exec(part) ?? [];
      if (name === undefined) return { kind: 'literal', text: part };
      return rest === '+' ? { kind: 'rest', name } : { kind: 'parameter', name };
    });
  return { route, method, segments };
}

const weight: Readonly<Record<Segment['kind'], number>> = { literal: 0, parameter: 1, rest: 2 };

function moreSpecificFirst(one: Compiled, other: Compiled): number {
  const length = Math.max(one.segments.length, other.segments.length);
  for (let index = 0; index < length; index += 1) {
    const [first, second] = [one.segments[index], other.segments[index]];
    const difference = (first ? weight[first.kind] : 3) - (second ? weight[second.kind] : 3);
    if (difference !== 0) return difference;
  }
  return Number(one.method === 'ANY') - Number(other.method === 'ANY');
}

function match(segments: readonly Segment[], parts: readonly string[]): Record<string, string> | undefined {
  const parameters: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const part = parts[index];
    if (segment.kind === 'rest') {
      const rest = parts.slice(index).join('/');
      if (rest === '') return undefined;
      parameters[segment.name] = decoded(rest);
      return parameters;
    }
    if (part === undefined || part === '') {
      if (segment.kind === 'literal' && part === segment.text) continue;
      return undefined;
    }
    if (segment.kind === 'literal' && decoded(part) !== segment.text) return undefined;
    if (segment.kind === 'parameter') parameters[segment.name] = decoded(part);
  }
  return parts.length === segments.length ? parameters : undefined;
}

/** Percent signs that encode nothing stay as they are: the handler refuses such an id better than a gateway can. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
