import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** What the fields of a log line may be called, beside what `errorFields` and `traceFields` give: ids of events and cases, codes, counts. */
const FIELDS: ReadonlySet<string> = new Set([
  ...['function', 'code', 'type', 'eventId', 'messageId', 'receiveCount', 'sequenceNumber', 'route', 'correlationId'],
  ...[
    'accepted',
    'rejected',
    'records',
    'ms',
    'cases',
    'causes',
    'members',
    'orders',
    'units',
    'given',
    'segments',
    'drift',
    'requests',
    'counted',
  ],
  ...['orderId', 'complaintId', 'caseId', 'version', 'language', 'id', 'reason'],
]);
/** What may be spread into them, and what it holds was looked at: figures alone, or what this test allows. */
const SPREADS: ReadonlySet<string> = new Set([
  ...['errorFields', 'traceFields', 'traceOf', 'fields', 'why', 'figures', 'told', 'counts', 'countsOf'],
]);
/** A reason stands in a line where it is one of a closed list of ours. */
const REASONS: ReadonlySet<string> = new Set(['shared/runtime/model-source.ts']);

function filesIn(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesIn(path) : [path];
  });
}

/** The calls of a logger in a file, each from its opening bracket to the one that closes it. */
function callsIn(text: string): string[] {
  return [...text.matchAll(/\blog(?:Of\([^)]*\))?(?:\[[^\]]+\])?(?:\.(?:debug|info|warn|error))?\(\s*'/g)].flatMap(
    (match) => {
      let depth = 0;
      for (let at = text.indexOf('(', match.index + match[0].length - 3); at < text.length; at += 1) {
        if (text[at] === '(') depth += 1;
        if (text[at] === ')') depth -= 1;
        if (depth === 0) return [text.slice(match.index, at + 1)];
      }
      return [];
    },
  );
}

/** The fields of a file's log calls that nobody has looked at. */
function strangeIn(path: string, text: string): string[] {
  return callsIn(text).flatMap((call) => {
    const fields = /\{([\s\S]*)\}/.exec(call)?.[1] ?? '';
    // What stands inside a call or a condition is not the name of a field.
    const flat = fields.replace(/\([^()]*(?:\([^()]*\)[^()]*)*\)/g, '()').replace(/\{[^{}]*\}/g, '');
    return flat.split(',').flatMap((part) => {
      const spread = /\.\.\.\s*([A-Za-z]*)/.exec(part)?.[1];
      if (spread !== undefined) return spread === '' || SPREADS.has(spread) ? [] : [`${path}: ...${spread}`];
      const name = /^\s*([A-Za-z]\w*)/.exec(part)?.[1];
      if (name === undefined || (FIELDS.has(name) && (name !== 'reason' || REASONS.has(path)))) return [];
      return [`${path}: ${name}`];
    });
  });
}

test('a log line says ids of events and cases, codes and counts, and nothing of anybody', () => {
  const texts = ['functions', 'shared'].flatMap(filesIn).map((path) => [path, readFileSync(path, 'utf8')] as const);
  expect(texts.flatMap(([, text]) => callsIn(text)).length).toBeGreaterThan(30);
  expect(texts.flatMap(([path, text]) => strangeIn(path, text))).toEqual([]);
});

test.each([
  ["log.warn('late', { code, memberId })", ['a.ts: memberId']],
  ["log.info('done', { eventId: event.id, name: person.name })", ['a.ts: name']],
  ["logOf(reading).error('refused', { ...event, code: 'x' })", ['a.ts: ...event']],
  ["log.error('failed', { reason: error.message })", ['a.ts: reason']],
  ["log[drift > 0 ? 'error' : 'info']('closed', { drift, text })", ['a.ts: text']],
  ["log.warn('retry', { function: name, ...errorFields(error) })", []],
])('is told from one that says more: %s', (call, found) => {
  expect(strangeIn('a.ts', call)).toEqual(found);
});
