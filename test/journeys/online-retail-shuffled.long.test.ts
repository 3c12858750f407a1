import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findEvent } from '../../events/catalogue.ts';
import type { OutgoingEvent } from '../../infra/importers/importer.ts';
import { planOnlineRetail } from '../../infra/importers/online-retail.ts';
import { readExport } from '../../infra/importers/read-export.ts';
import { createRuntime, type Runtime } from '../../infra/local/runtime.ts';
import type { Account } from '../../shared/domain/loyalty/account.ts';
import { accountAt } from '../../shared/domain/loyalty/fold.ts';
import { replay } from '../../shared/domain/loyalty/replay.ts';
import { always } from '../../shared/policy/policies.ts';
import { currentPolicy } from '../../shared/policy/policy.ts';
import { toFact } from '../support/loyalty-facts.ts';
import { readProfile } from '../support/profile-table.ts';

const data = process.env.RAPPORT_DATA ?? join(import.meta.dirname, '../../../shared/data');
const full = join(data, 'online-retail/online-retail.csv.gz');
if (!existsSync(full))
  console.warn(`The full Online Retail export is not at ${full}: its shuffled replay is not tested.`);

const SEED = 20111209;
const HORIZON_MS = Date.parse('2032-01-01');
const policies = always(currentPolicy);

/** Every event twice, in an order that has nothing to do with time. */
function shuffledTwice(events: readonly OutgoingEvent[]): OutgoingEvent[] {
  const all = [...events, ...events];
  let state = SEED;
  const below = (limit: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * limit);
  };
  for (let last = all.length - 1; last > 0; last -= 1) {
    const other = below(last + 1);
    [all[last], all[other]] = [all[other] as OutgoingEvent, all[last] as OutgoingEvent];
  }
  return all;
}

async function deliver(runtime: Runtime, events: readonly OutgoingEvent[]): Promise<void> {
  for (let from = 0; from < events.length; from += 10) {
    const entries = events.slice(from, from + 10).map((event) => ({
      Source: findEvent(event.type)?.busSource ?? '',
      DetailType: event.type,
      Detail: JSON.stringify(event),
      EventBusName: runtime.wiring.buses[0] ?? '',
    }));
    for (const result of runtime.putEvents(entries)) expect(result).toHaveProperty('EventId');
    // Queues of a few thousand messages are deep enough to be out of order.
    if (from % 5_000 === 0) expect(await runtime.settle()).toEqual({ deadLetters: 0 });
  }
  expect(await runtime.settle()).toEqual({ deadLetters: 0 });
}

const later = (account: Account | undefined) =>
  JSON.stringify(account && accountAt(account, HORIZON_MS, policies).account);

const name = 'the whole history, every event twice and shuffled, ends in the accounts of the fold in time, to the byte';
test.runIf(existsSync(full))(name, async () => {
  const plan = await planOnlineRetail(readExport(full));
  const orders = [...plan.events()].filter(({ type }) => type.startsWith('order.'));
  const expected = replay(orders.map(toFact), policies);
  const runtime = await createRuntime({ virtualClock: true });
  try {
    await deliver(runtime, shuffledTwice(orders));
    const table = runtime.wiring.tables.find((it) => it.name.endsWith('-profile'))?.name ?? '';
    const actual = await readProfile(runtime.tablesEndpoint, table);
    expect(actual.accounts.size).toBe(expected.accounts.size);
    for (const [memberId, account] of expected.accounts) {
      expect(later(actual.accounts.get(memberId)?.account), memberId).toBe(later(account));
    }
    expect(expected.accounts.size).toBe(4_335);
  } finally {
    await runtime.stop();
  }
});
