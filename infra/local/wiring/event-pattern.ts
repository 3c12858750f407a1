/**
 * EventBridge event patterns, as narrow as the stacks use them: exact values, `prefix` and `exists`, nested objects,
 * and the rule that fields of a pattern are joined by AND, values of a field by OR. Any other operator is an error when the pattern
 * is read, because a rule that silently matches too much or too little is the worst kind of local difference.
 */
import { WiringError } from './model.ts';

export type EventMatcher = (event: Readonly<Record<string, unknown>>) => boolean;

type Test = (value: unknown) => boolean;

/**
 * Compiles a pattern.
 * @param pattern the `EventPattern` of a rule
 * @param where names the rule in errors
 */
export function compilePattern(pattern: unknown, where: string): EventMatcher {
  const test = compileObject(pattern, where);
  return (event) => test(event);
}

function compileObject(pattern: unknown, where: string): Test {
  if (!isRecord(pattern)) throw new WiringError(`${where}: a pattern is an object of lists, not ${show(pattern)}`);
  const fields = Object.entries(pattern).map(([name, inner]): [string, Test] => {
    if (name.startsWith('$')) throw new WiringError(`${where}: the operator ${name} is not known locally`);
    const path = `${where}.${name}`;
    return [name, Array.isArray(inner) ? compileValues(inner, path) : compileObject(inner, path)];
  });
  if (fields.length === 0) throw new WiringError(`${where}: an empty pattern matches nothing`);
  return (value) => isRecord(value) && fields.every(([name, test]) => test(value[name]));
}

function compileValues(values: readonly unknown[], where: string): Test {
  if (values.length === 0) throw new WiringError(`${where}: an empty list matches nothing`);
  const tests = values.map((value) => compileValue(value, where));
  return (value) => tests.some((test) => test(value));
}

function compileValue(expected: unknown, where: string): Test {
  if (expected === null || ['string', 'number', 'boolean'].includes(typeof expected))
    return anyOf((value) => value === expected);
  if (isRecord(expected)) {
    const [operator, ...others] = Object.keys(expected);
    const prefix = expected.prefix;
    if (operator === 'prefix' && others.length === 0 && typeof prefix === 'string') {
      return anyOf((value) => typeof value === 'string' && value.startsWith(prefix));
    }
    // EventBridge looks for leaves: a field that holds an object, or a list with nothing in it, is none.
    if (operator === 'exists' && others.length === 0 && typeof expected.exists === 'boolean') {
      const there = anyOf(isLeaf);
      return (value) => there(value) === expected.exists;
    }
  }
  throw new WiringError(`${where}: the operator ${show(expected)} is not known locally`);
}

/** A list in the event matches where one of its elements does. */
const anyOf =
  (test: Test): Test =>
  (value) =>
    Array.isArray(value) ? value.some(test) : test(value);

const isLeaf = (value: unknown): boolean => value === null || ['string', 'number', 'boolean'].includes(typeof value);

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}
