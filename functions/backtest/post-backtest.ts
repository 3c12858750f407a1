import { decideBacktest } from '../../shared/domain/backtest/decide-backtest.ts';
import { readDocument } from '../../shared/domain/policy/read-put.ts';
import { Problem } from '../../shared/runtime/errors.ts';
import { defineRoute } from '../../shared/runtime/route.ts';
import { backtestAnswer, backtestBody, documentedBacktestBody } from './answers.ts';
import type { BacktestStores } from './stores.ts';

export const postBacktest = defineRoute({
  method: 'POST',
  path: '/v1/policy/backtests',
  summary: 'Replays what the shop has recorded under a draft policy and under the one in force, and compares them.',
  access: { kind: 'service', scopes: ['admin'] },
  bodySchema: backtestBody,
  documentedBody: documentedBacktestBody,
  answers: { 200: { description: 'What the draft would have changed.', schema: backtestAnswer } },
  problems: [
    'invalid_request',
    'invalid_policy',
    'base_currency_fixed',
    'too_much_to_replay',
    'nothing_to_replay',
    'unavailable',
  ],
  async handle({ body, nowMs }, { policies, recorded, limits }: BacktestStores) {
    const read = readDocument(body.policy, 'policy');
    if (!read.ok) throw new Problem('invalid_policy', 'See errors: all that is wrong with it.', read.errors);
    const fromMs = body.from === undefined ? Number.NEGATIVE_INFINITY : Date.parse(body.from);
    const span = { fromMs, toMs: body.to === undefined ? nowMs : Date.parse(body.to) };
    const [inForce, known] = await Promise.all([policies.load(), recorded.load(limits)]);
    const decision = decideBacktest(inForce, read.document, known, span);
    if (decision.kind === 'refused') throw new Problem(decision.code, decision.detail);
    return { status: 200, body: decision.report };
  },
});
