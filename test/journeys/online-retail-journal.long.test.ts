import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { planOnlineRetail } from '../../infra/importers/online-retail.ts';
import { readExport } from '../../infra/importers/read-export.ts';
import { sendEvents } from '../../infra/importers/send-events.ts';
import { ShopConnection } from '../../infra/importers/shop-connection.ts';
import { createRuntime } from '../../infra/local/runtime.ts';
import { expectBalanced, openAccountant } from '../support/accountant.ts';

const root = join(import.meta.dirname, '../..');
const data = process.env.RAPPORT_DATA ?? join(root, '../shared/data');
const full = join(data, 'online-retail/online-retail.csv.gz');

if (!existsSync(full)) console.warn(`The full Online Retail export is not at ${full}: its journal is not tested.`);

const name =
  'over the full Online Retail history, the clock following it, the journal balances each day and nothing drifts';
test.runIf(existsSync(full))(name, async () => {
  const drift: unknown[] = [];
  const onLog = ({ line }: { line: unknown }) => {
    if (JSON.stringify(line).includes('LedgerDrift')) drift.push(line);
  };
  const runtime = await createRuntime({ virtualClock: true, onLog });
  try {
    const shop = await ShopConnection.open({ url: runtime.url, scope: 'events:write' });
    const plan = await planOnlineRetail(readExport(full));
    const tally = await sendEvents({ events: plan.events(), post: (batch) => shop.postEvents(batch) });
    expect(tally).toMatchObject({ accepted: plan.eventCount, refused: 0 });
    expect(await runtime.settle()).toEqual({ deadLetters: 0 });
    // The day after the last event: every day of the history has ended.
    runtime.clock.advanceTo(runtime.clock.nowMs() + 86_400_000);
    await runtime.settle();

    const accountant = await openAccountant(runtime);
    const days = await accountant.days();
    expectBalanced(days);
    expect(days[0]?.day).toBe('2010-12-01');
    expect(days.length).toBeGreaterThanOrEqual(374);
    const runs = await accountant.runs();
    for (const run of runs) {
      expect(run).toMatchObject({ journal: run.accounts, drift: { accounts: 0 }, unbalancedDays: [] });
    }
    expect(runs[0]).toMatchObject({ closedDay: days.at(-1)?.day, members: 4_335, unsettled: 0 });
    expect(drift).toEqual([]);
  } finally {
    await runtime.stop();
  }
});
