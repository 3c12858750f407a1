import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findEvent } from '../../events/catalogue.ts';
import type { CloudEvent } from '../../events/envelope.ts';
import { createRuntime } from '../../infra/local/runtime.ts';
import { shopHistory } from '../support/order-histories.ts';
import { readProfile } from '../support/profile-table.ts';
import { openStorefront } from '../support/storefront.ts';

const SEED = 7;

/** Every CloudEvent in the lake, whichever file it is in. */
function lakeOf(directory: string): CloudEvent[] {
  return readdirSync(join(directory, 'lake'), { recursive: true, withFileTypes: true })
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
  let runtime = await createRuntime({ dataDirectory: directory, virtualClock: true });
  try {
    const shop = await openStorefront(runtime);
    const half = Math.floor(history.length / 2);
    await shop.send(...history.slice(0, half));
    // Stopped with work under way: what was accepted goes on after the next start.
    await runtime.stop();
    runtime = await createRuntime({ dataDirectory: directory, virtualClock: true });
    await (await openStorefront(runtime)).send(...history.slice(half));
    await runtime.settle();
    const profile = runtime.wiring.tables.find(({ name }) => name.endsWith('profile'));
    const { journals } = await readProfile(runtime.tablesEndpoint, profile?.name ?? '');
    await runtime.stop();

    const lake = lakeOf(directory);
    for (const event of lake) expect(findEvent(event.type)?.parse(event)).toMatchObject({ ok: true });
    const kept = new Set<string>(lake.map(({ id }) => id));
    expect(history.filter(({ id }) => !kept.has(id))).toEqual([]);

    const told = new Map(lake.filter(({ source }) => source === 'rapport.loyalty').map((event) => [event.id, event]));
    const signed = [...told.values()].flatMap(({ type, data }) => {
      const { memberId, points } = data as { memberId: string; points?: number };
      return points === undefined ? [] : [[memberId, type === 'points.earned.v1' ? points : -points] as const];
    });
    for (const [memberId, entries] of journals) {
      const booked = entries.map((entry) => (entry.kind === 'earn' || entry.kind === 'reverse' ? entry.points : 0));
      const announced = signed.filter(([member]) => member === memberId).map(([, points]) => points);
      expect(announced.reduce((sum, points) => sum + points, 0)).toBe(booked.reduce((sum, points) => sum + points, 0));
      expect(announced.length).toBe(booked.filter((points) => points !== 0).length);
    }
    const moves = [...journals.values()].flat().filter(({ kind }) => kind === 'tier');
    expect([...told.values()].filter(({ type }) => type === 'tier.changed.v1').length).toBe(moves.length);
    expect(moves.length).toBeGreaterThan(0);
  } finally {
    await runtime.stop().catch(() => undefined);
    rmSync(directory, { recursive: true, force: true });
  }
}, 60_000);
