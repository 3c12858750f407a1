import { decideBacktest } from '../../shared/domain/backtest/decide-backtest.ts';
import type { Recorded } from '../../shared/domain/backtest/recorded.ts';
import { recorder } from '../../shared/domain/backtest/recorder.ts';
import type { BacktestReport } from '../../shared/domain/backtest/report.ts';
import { always } from '../../shared/policy/policies.ts';
import { currentPolicy } from '../../shared/policy/policy.ts';
import type { PolicyDocument } from '../../shared/policy/policy-schema.ts';
import { ImportProblem } from '../importers/importer.ts';
import { readExport } from '../importers/read-export.ts';

/** One JSON document a line, as the lake holds them; a longer one is no event. */
const LINE_LENGTH_LIMIT = 1_000_000;

/**
 * Back-tests a draft against the policy of the release over a file of CloudEvents, in this process. Without `toMs` it
 * looks up to the last event. Throws an ImportProblem for a line that is no event, and where there is nothing to compare.
 */
export async function replayFile(
  path: string,
  draft: PolicyDocument,
  { fromMs, toMs }: { fromMs?: number | undefined; toMs?: number | undefined },
): Promise<BacktestReport> {
  const { recorded, lastMs } = await readEvents(path);
  const span = { fromMs: fromMs ?? Number.NEGATIVE_INFINITY, toMs: toMs ?? lastMs };
  const decision = decideBacktest(always(currentPolicy), draft, recorded, span);
  if (decision.kind === 'refused') throw new ImportProblem(`${decision.code}: ${decision.detail}`);
  return decision.report;
}

async function readEvents(path: string): Promise<{ recorded: Recorded; lastMs: number }> {
  const events = recorder(always(currentPolicy));
  let lastMs = 0;
  let number = 0;
  for await (const lines of linesOf(readExport(path), path)) {
    for (const line of lines) {
      number += 1;
      if (line.trim() === '') continue;
      const taken = events.take(parse(line, path, number));
      if (taken.kind === 'taken') lastMs = Math.max(lastMs, taken.atMs);
      if (taken.kind === 'invalid') {
        const [{ path: at = '', message = '' } = {}] = taken.errors;
        throw new ImportProblem(`${path}, line ${number}, is no event: ${at}: ${message}`);
      }
    }
  }
  return { recorded: events.recorded(), lastMs };
}

/** Lines in groups, as they come: to wait for each one alone would cost more than to read it. */
async function* linesOf(chunks: AsyncIterable<string>, path: string): AsyncGenerator<string[]> {
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LINE_LENGTH_LIMIT)
      throw new ImportProblem(`${path} has a line of no end: is it JSON, one a line?`);
    yield lines;
  }
  yield [rest];
}

function parse(line: string, path: string, number: number): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new ImportProblem(`${path}, line ${number}, is no JSON: the file has one event a line.`);
  }
}
