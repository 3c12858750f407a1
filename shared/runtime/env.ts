/**
 * Reads the named variables once, at cold start. A missing one names itself, so that a wiring error shows in the
 * first line of the log and not in the first request.
 */
export function readEnv<const Names extends readonly string[]>(...names: Names): Record<Names[number], string> {
  const missing = names.filter((name) => (process.env[name] ?? '') === '');
  if (missing.length > 0) throw new Error(`Missing environment variable: ${missing.join(', ')}`);
  return Object.fromEntries(names.map((name) => [name, process.env[name] ?? ''])) as Record<Names[number], string>;
}

/** A variable that may be missing. */
export function optionalEnv(name: string, fallback: string): string {
  const value = process.env[name] ?? '';
  return value === '' ? fallback : value;
}
