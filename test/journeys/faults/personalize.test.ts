/** The managed service stands in for a model that there is not, and is then down in every way in which a service can be. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { synthesise } from '../../../infra/app.ts';
import { createRuntime, type Runtime } from '../../../infra/local/runtime.ts';
import type { StackTemplate } from '../../../infra/local/wiring/resolve.ts';
import {
  type PersonalizeStandIn,
  type StandInMode,
  startPersonalizeStandIn,
} from '../../support/personalize-stand-in.ts';
import { openStorefront, type Storefront } from '../../support/storefront.ts';

const ENDPOINT = 'AWS_ENDPOINT_URL_PERSONALIZE_RUNTIME';
const CAMPAIGN = 'arn:aws:personalize:eu-west-1:000000000000:campaign/shop';
const PRODUCTS = ['P1', 'P2', 'P3', 'P4'];
const HOUR_MS = 3_600_000;

let service: PersonalizeStandIn;
let runtime: Runtime;
let shop: Storefront;
beforeAll(async () => {
  service = await startPersonalizeStandIn();
  process.env[ENDPOINT] = service.url;
  runtime = await createRuntime({ virtualClock: true, stacks: await stacksWithCampaign() });
  shop = await openStorefront(runtime);
}, 60_000);
afterAll(async () => {
  delete process.env[ENDPOINT];
  await runtime.stop();
  await service.stop();
});

type Resource = { Type: string; Properties?: { FunctionName?: unknown; Environment?: { Variables: object } } };

/** The stage as a shop deploys it that has a campaign. */
async function stacksWithCampaign(): Promise<StackTemplate[]> {
  const { stacksRecursively } = await synthesise({ stage: 'dev', bundle: false });
  let changed = 0;
  const stacks = stacksRecursively.map(({ stackName, template }) => {
    const copy = structuredClone(template) as { Resources: Record<string, Resource> };
    for (const { Type, Properties } of Object.values(copy.Resources)) {
      if (Type !== 'AWS::Lambda::Function' || Properties?.FunctionName !== 'rapport-dev-recommend-http') continue;
      Object.assign(Properties.Environment?.Variables ?? {}, { PERSONALIZE_CAMPAIGN_ARN: CAMPAIGN });
      changed += 1;
    }
    return { stackName, template: copy as unknown };
  });
  expect(changed).toBe(1);
  return stacks;
}

type Engine = {
  name: string;
  fallback?: { from: string; cause: string };
  attempts: { engine: string; cause?: string }[];
};
async function ask(): Promise<{ engine: Engine; ids: string[] }> {
  const { status, body } = await shop.get('/v1/visitors/guest/recommendations');
  expect(status).toBe(200);
  const items = body.items as unknown as { productId: string }[];
  return { engine: body.engine as unknown as Engine, ids: items.map(({ productId }) => productId) };
}
const causeOf = ({ attempts }: Engine) => attempts.find(({ engine }) => engine === 'personalize')?.cause;

test('no page is missing while the service is away, and none waits for it', { timeout: 120_000 }, async () => {
  runtime.clock.advanceTo(Date.parse('2026-01-05T10:00:00Z'));
  const time = '2026-01-05T10:00:00Z';
  const about = { categories: ['Home'], price: 1_000, currency: 'EUR' };
  const products = PRODUCTS.map((productId) => ({
    type: 'product.upserted.v1',
    id: `product-${productId}`,
    time,
    data: { productId, name: productId, ...about },
  }));
  const view = { type: 'product.viewed.v1', id: 'view-1', time, data: { productId: 'P4', anonymousId: 'guest' } };
  expect((await shop.send(...products, view)).status).toBe(202);
  expect(await runtime.settle()).toEqual({ deadLetters: 0 });

  const { engine, ids } = await ask();
  expect(engine).toMatchObject({ name: 'personalize', fallback: { from: 'in_house' } });
  expect(ids.slice(0, 3)).toEqual(['P1', 'P2', 'P3']);

  const modes: StandInMode[] = ['failing', 'failing_html', 'throttled', 'closing', 'half', 'garbage', 'slow'];
  for (const mode of modes) {
    service.mode = mode;
    const before = service.calls.length;
    const causes = new Set<string | undefined>();
    // Until it is left alone.
    for (let asked = 0; asked < 30 && !causes.has('breaker_open'); asked += 1) {
      const page = await ask();
      expect(page.engine.name, mode).toMatch(/popular|newest/);
      expect(page.ids.length, mode).toBeGreaterThan(0);
      causes.add(causeOf(page.engine));
    }
    expect(causes, mode).toContain('breaker_open');
    expect([...causes].length, mode).toBeGreaterThan(1);
    expect(service.calls.length, mode).toBeGreaterThan(before);
    const asked = service.calls.length;
    await ask();
    expect(service.calls.length, mode).toBe(asked);
    service.release();

    service.mode = 'ok';
    runtime.clock.advanceTo(runtime.clock.nowMs() + HOUR_MS);
    expect((await ask()).engine.name, mode).toBe('personalize');
  }
});
