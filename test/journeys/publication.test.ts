import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findEvent } from '../../events/catalogue.ts';
import type { CloudEvent } from '../../events/envelope.ts';
import { createRuntime } from '../../infra/local/runtime.ts';
import { Announcements } from '../support/announcements.ts';
import { shopHistory } from '../support/order-histories.ts';
import { readProfile } from '../support/profile-table.ts';
import { openStorefront } from '../support/storefront.ts';

const SEED = 7;

/** Every CloudEvent in the lake, whichever file it is in. */
function lakeOf(directory: string): CloudEvent[] {
  return readdirSync(join(directory, 'buckets'), { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .flatMap((file) => readFileSync(join(file.parentPath, file.name), 'utf8').trim().split('\n'))
    .map((text) => JSON.parse(text) as CloudEvent);
}

test('what was accepted is in the lake, and what was booked, and nothing else, has been announced', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'rapport-publication-'));
  const [history = []] = fc.sample(shopHistory({ minOrders: 25, maxOrders: 25, members: 4 }), {
    seed: SEED,
    numRuns: 1,
  });
  const announcements = new Announcements();
  const options = { dataDirectory: directory, virtualClock: true, onEvent: announcements.hear };
  let runtime = await createRuntime(options);
  try {
    const shop = await openStorefront(runtime);
    const half = Math.floor(history.length / 2);
    await shop.send(...history.slice(0, half));
    // Stopped with work under way: what was accepted goes on after the next start.
    await runtime.stop();
    runtime = await createRuntime(options);
    await (await openStorefront(runtime)).send(...history.slice(half));
    await runtime.settle();
    const profile = runtime.wiring.tables.find(({ name }) => name.endsWith('profile'));
    const { journals } = await readProfile(runtime.tablesEndpoint, profile?.name ?? '');
    await runtime.stop();

    const lake = lakeOf(directory);
    for (const event of lake) expect(findEvent(event.type)?.parse(event)).toMatchObject({ ok: true });
    expect(new Set(lake.map(({ id }) => id))).toEqual(new Set(history.map(({ id }) => id)));
    announcements.expectToTell(journals);
    expect([...journals.values()].flat().some(({ kind }) => kind === 'tier')).toBe(true);
  } finally {
    await runtime.stop().catch(() => undefined);
    rmSync(directory, { recursive: true, force: true });
  }
}, 60_000);
