/** The key service fails most of what it is asked: what is personal waits outside, and nothing of it stands anywhere in clear. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRuntime, type Runtime } from '../../../infra/local/runtime.ts';
import { scanTable } from '../../support/profile-table.ts';
import { settleWithRedrive } from '../../support/redrive.ts';
import { openStorefront, type Storefront } from '../../support/storefront.ts';

const SEED = 20_261_125;
const MEMBERS = Array.from({ length: 12 }, (_, n) => `mem-${n}`);
const nameOf = (memberId: string) => `Name of ${memberId}`;

let runtime: Runtime;
let shop: Storefront;
beforeAll(async () => {
  // Five attempts of the SDK's own mend nine in ten failures out of ten; these are more.
  runtime = await createRuntime({ chaos: { seed: SEED, keysDown: 0.85 } });
  shop = await openStorefront(runtime);
});
afterAll(() => runtime.stop());

const registered = (memberId: string) => ({
  type: 'member.registered.v1' as const,
  id: `evt-${memberId}`,
  time: '2026-01-05T10:00:00Z',
  data: { memberId, displayName: nameOf(memberId) },
});

test(`events with something personal are taken in once keys can be had, from seed ${SEED}`, {
  timeout: 120_000,
}, async () => {
  let left = MEMBERS;
  let refusals = 0;
  while (left.length > 0) {
    const { status, body } = await shop.send(...left.map(registered));
    expect([202, 503]).toContain(status);
    const rejected = body.rejected as unknown as { id: string; problem: { code: string } }[];
    expect(new Set(rejected.map(({ problem }) => problem.code))).toEqual(
      new Set(rejected.length > 0 ? ['unavailable'] : []),
    );
    refusals += rejected.length;
    left = rejected.map(({ id }) => id.slice('evt-'.length));
  }
  expect(refusals).toBeGreaterThan(0);
  // Reactions need keys too: what they could not open comes back, and at last is sent again.
  await settleWithRedrive(runtime);
  for (const memberId of MEMBERS) {
    for (let answer = await shop.get(`/v1/members/${memberId}`); ; answer = await shop.get(`/v1/members/${memberId}`)) {
      if (answer.status === 503) continue;
      expect(answer).toMatchObject({ status: 200, body: { displayName: nameOf(memberId) } });
      break;
    }
  }
  expect(runtime.misfortunes().keysDown).toBeGreaterThan(50);
  for (const { name } of runtime.wiring.tables) {
    const text = JSON.stringify(await scanTable(runtime.tablesEndpoint, name), (_, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value,
    );
    expect(text).not.toContain('Name of');
  }
  expect(JSON.stringify(runtime.deadLetters())).not.toContain('Name of');
});
