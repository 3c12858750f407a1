import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { synthesise } from '../../infra/app.ts';
import { type FunctionSize, isPlaceholderIssuer, type StageName, stageNames, stages } from '../../infra/config.ts';
import { domains } from '../../infra/domains/domains.ts';
import { listOf, property, StageTemplates } from '../../infra/stacks/template.ts';
import type { Route } from '../../shared/runtime/route.ts';
import { functionsOf, isPreview, reactionsOf, templatesOf } from './stage-templates.ts';

const written = new Map<StageName, StageTemplates>();
for (const stage of stageNames) written.set(stage, new StageTemplates(await templatesOf(stage)));
const templates = (stage: StageName): StageTemplates => written.get(stage)!;

describe.each(stageNames)('the stage %s', (stage) => {
  const config = stages[stage];

  test('has an entry file behind every function, each function once', () => {
    const functions = functionsOf(templates(stage));
    expect(functions.map(({ entry }) => entry).filter((entry) => !existsSync(entry))).toEqual([]);
    expect(new Set(functions.map(({ name }) => name)).size).toBe(functions.length);
    expect(new Set(functions.map(({ entry }) => entry)).size).toBe(functions.length);
  });

  test('leads every rule that fills a queue to exactly one function', () => {
    const reactions = reactionsOf(templates(stage));
    expect(reactions.length).toBeGreaterThanOrEqual(10);
    for (const { functions, target } of reactions) {
      expect(functions).toHaveLength(1);
      expect(functions[0]).toBeDefined();
      expect(target).toMatchObject({ InputPath: '$.detail' });
    }
  });

  test('takes its limits from the configuration', () => {
    const { reaction, delivery, http, longHttp, serving } = config;
    for (const { name, resource } of functionsOf(templates(stage)).filter((it) => it.name.endsWith('-http'))) {
      const sizes: Record<string, FunctionSize> = {
        'backtest-http': longHttp,
        'privacy-http': longHttp,
        'recommend-http': serving,
      };
      const { memoryMb, timeoutSeconds } = sizes[name] ?? http;
      expect(resource.Properties).toMatchObject({ MemorySize: memoryMb, Timeout: timeoutSeconds });
      // The API gives up after 30 s, whatever the function goes on doing.
      expect(timeoutSeconds).toBeLessThan(30);
    }
    for (const { mappings, target } of reactionsOf(templates(stage))) {
      expect(mappings[0]?.Properties).toMatchObject({
        BatchSize: reaction.batchSize,
        ScalingConfig: { MaximumConcurrency: reaction.maxConcurrency },
        FunctionResponseTypes: ['ReportBatchItemFailures'],
      });
      expect(target).toMatchObject({
        RetryPolicy: {
          MaximumRetryAttempts: delivery.retryAttempts,
          MaximumEventAgeInSeconds: delivery.maxEventAgeHours * 3_600,
        },
      });
    }
    const [[, api]] = templates(stage).ofType('AWS::ApiGatewayV2::Stage') as [[string, never]];
    expect(property(api, 'DefaultRouteSettings')).toMatchObject({
      ThrottlingRateLimit: http.throttle.requestsPerSecond,
      ThrottlingBurstLimit: http.throttle.burstRequests,
    });
  });

  test('keeps logs as long as the configuration says, everywhere', () => {
    const groups = templates(stage).ofType('AWS::Logs::LogGroup');
    expect(groups.length).toBe(functionsOf(templates(stage)).length + 2);
    for (const [, group] of groups) expect(property(group, 'RetentionInDays')).toBe(config.logs.retentionDays);
  });

  test('checks tokens against its own issuer and audience', () => {
    const [[, authorizer]] = templates(stage).ofType('AWS::ApiGatewayV2::Authorizer') as [[string, never]];
    expect(property(authorizer, 'JwtConfiguration')).toEqual({
      Issuer: config.jwt.issuer,
      Audience: [config.jwt.audience],
    });
    expect(isPlaceholderIssuer(config.jwt.issuer)).toBe(true);
  });

  test('archives and lakes every event that a shop sends, and no announcement', () => {
    const families = ['member', 'catalog', 'order', 'review', 'complaint', 'quality', 'behaviour'];
    const source = families.map((family) => `rapport.${family}`);
    const all = { source, detail: { rapportseal: [{ exists: true }] } };
    const [[, archive]] = templates(stage).ofType('AWS::Events::Archive') as [[string, never]];
    expect(archive).toMatchObject({ Properties: { EventPattern: all, RetentionDays: config.archiveDays } });
    const lake = templates(stage)
      .ofType('AWS::Events::Rule')
      .filter(([, rule]) => {
        const [target] = listOf<{ Arn: unknown }>(property(rule, 'Targets'));
        return templates(stage).resourceOf(target?.Arn)?.Type === 'AWS::KinesisFirehose::DeliveryStream';
      });
    // EventBridge archives nothing twice by itself; the lake has to be told.
    const first = { 'replay-name': [{ exists: false }] };
    expect(lake.map(([, rule]) => property(rule, 'EventPattern'))).toEqual([{ ...all, ...first }]);
  });

  test('lets archived events be read by a replay that reaches nothing else', () => {
    const rules = templates(stage).ofType('AWS::Events::Rule');
    const [[, rule], ...others] = rules.filter(([, it]) => isPreview(it)) as [(typeof rules)[0]];
    expect(others).toEqual([]);
    expect(property(rule, 'EventPattern', 'replay-name')).toEqual([{ prefix: `rapport-${stage}-preview-` }]);
    const [target] = listOf<{ Arn: unknown }>(property(rule, 'Targets'));
    const queue = templates(stage).resourceOf(target?.Arn);
    expect(property(queue, 'QueueName')).toBe(`rapport-${stage}-replay-preview`);
    const read = templates(stage)
      .ofType('AWS::Lambda::EventSourceMapping')
      .map(([, it]) => templates(stage).resourceOf(property(it, 'EventSourceArn')));
    expect(read).not.toContain(queue);
  });
});

test('routes are those of the contract, and few of them are open', () => {
  const routes = templates('prod')
    .ofType('AWS::ApiGatewayV2::Route')
    .map(([, route]) => [property(route, 'RouteKey'), property(route, 'AuthorizationType')]);
  expect(Object.fromEntries(routes)).toEqual({
    'POST /v1/events': 'JWT',
    'GET /v1/desk/events': 'JWT',
    'GET /v1/desk/orders': 'JWT',
    'GET /v1/members/{id}': 'JWT',
    'DELETE /v1/members/{id}': 'JWT',
    'GET /v1/members/{id}/export': 'JWT',
    'GET /v1/members/{id}/erasure': 'JWT',
    'POST /v1/erasures/again': 'JWT',
    'GET /v1/members/{id}/ledger': 'JWT',
    'POST /v1/members/{id}/redemptions': 'JWT',
    'POST /v1/members/{id}/redemptions/{redemptionId}/release': 'JWT',
    'POST /v1/members/{id}/adjustments': 'JWT',
    'POST /v1/orders/{id}/return-preview': 'JWT',
    'POST /v1/quotes': 'JWT',
    'GET /v1/shop': 'JWT',
    'POST /v1/members/{id}/coupons': 'JWT',
    'GET /v1/members/{id}/coupons': 'JWT',
    'POST /v1/members/{id}/coupons/{couponId}/hold': 'JWT',
    'POST /v1/members/{id}/coupons/{couponId}/release': 'JWT',
    'POST /v1/members/{id}/coupons/{couponId}/revoke': 'JWT',
    'GET /v1/orders/{id}/coupons': 'JWT',
    'GET /v1/liability': 'JWT',
    'GET /v1/liability/runs': 'JWT',
    'GET /v1/liability/{day}': 'JWT',
    'GET /v1/policy': 'JWT',
    'PUT /v1/policy': 'JWT',
    'GET /v1/policy/versions': 'JWT',
    'POST /v1/policy/backtests': 'JWT',
    'GET /v1/products/{id}/reputation': 'NONE',
    'GET /v1/products/{id}/reviews': 'NONE',
    'GET /v1/products/{id}/related': 'NONE',
    'GET /v1/members/{id}/recommendations': 'JWT',
    'GET /v1/visitors/{anonymousId}/recommendations': 'JWT',
    'GET /v1/models': 'JWT',
    'POST /v1/models/rollback': 'JWT',
    'GET /v1/brands/{id}/reputation': 'NONE',
    'GET /v1/suppliers/{id}/reputation': 'NONE',
    'GET /v1/brands/{id}/scorecard': 'JWT',
    'GET /v1/suppliers/{id}/scorecard': 'JWT',
    'GET /v1/desk/support': 'JWT',
    'GET /v1/members/{id}/reviewer': 'JWT',
    'GET /v1/members/{id}/reviews': 'JWT',
    'POST /v1/members/{id}/reviews/{reviewId}/appeal': 'JWT',
    'GET /v1/desk/reviews': 'JWT',
    'GET /v1/desk/reviews/{id}': 'JWT',
    'POST /v1/desk/reviews/{id}/decision': 'JWT',
    'GET /v1/complaints/{id}': 'JWT',
    'GET /v1/desk/complaints': 'JWT',
    'POST /v1/sanctions': 'JWT',
    'GET /v1/sanctions/{id}': 'JWT',
    'POST /v1/sanctions/{id}/answers': 'JWT',
    'POST /v1/sanctions/{id}/decision': 'JWT',
    'POST /v1/sanctions/{id}/appeal': 'JWT',
    'POST /v1/sanctions/{id}/appeal-decision': 'JWT',
    'GET /v1/desk/sanctions': 'JWT',
    'POST /v1/complaints': 'JWT',
    'POST /v1/complaints/{id}/answers': 'JWT',
    'POST /v1/complaints/{id}/appeal': 'JWT',
    'POST /v1/complaints/{id}/decision': 'JWT',
    'POST /v1/complaints/{id}/investigation': 'JWT',
    'POST /v1/complaints/{id}/rating': 'JWT',
    'GET /v1/health': 'NONE',
    $default: 'NONE',
  });
});

test('each domain deploys the routes that its http.ts answers, open where they are public', async () => {
  for (const { domain, http } of domains) {
    if (http === undefined) continue;
    const { routes } = (await import(/* @vite-ignore */ resolve(`functions/${domain}/routes.ts`))) as {
      routes: Pick<Route<unknown>, 'method' | 'path' | 'access'>[];
    };
    const deployed = http.routes.flatMap((route) => ('fallback' in route ? [] : [route]));
    expect(
      deployed.map(({ method, path, public: open = false }) => ({ method, path, open })),
      domain,
    ).toEqual(routes.map(({ method, path, access }) => ({ method, path, open: access.kind === 'public' })));
  }
});

test('the tables have the keys, indexes and streams that the adapters count on', () => {
  const shapes = Object.fromEntries(
    templates('dev')
      .ofType('AWS::DynamoDB::Table')
      .map(([, table]) => [
        property(table, 'TableName'),
        {
          keys: listOf<{ AttributeName: string; KeyType: string }>(property(table, 'KeySchema')).map(
            ({ AttributeName, KeyType }) => `${AttributeName} ${KeyType}`,
          ),
          stream: property(table, 'StreamSpecification', 'StreamViewType'),
          ttl: property(table, 'TimeToLiveSpecification', 'AttributeName'),
          indexes: property(table, 'GlobalSecondaryIndexes'),
        },
      ]),
  );
  const keys = ['pk HASH', 'sk RANGE'];
  const indexes = [
    {
      IndexName: 'attention',
      KeySchema: [
        { AttributeName: 'attentionState', KeyType: 'HASH' },
        { AttributeName: 'attentionSince', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    },
  ];
  const changes = {
    IndexName: 'changes',
    KeySchema: [
      { AttributeName: 'feed', KeyType: 'HASH' },
      { AttributeName: 'changedAt', KeyType: 'RANGE' },
    ],
    Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: expect.arrayContaining(['name', 'availability']) },
  };
  expect(shapes).toEqual({
    'rapport-dev-profile': { keys, stream: 'NEW_AND_OLD_IMAGES', ttl: 'ttl', indexes },
    'rapport-dev-inbox': { keys, stream: undefined, ttl: undefined, indexes },
    'rapport-dev-reputation': { keys, stream: 'NEW_AND_OLD_IMAGES', ttl: 'ttl', indexes },
    'rapport-dev-catalog': { keys, stream: 'NEW_AND_OLD_IMAGES', ttl: undefined, indexes: [changes] },
    'rapport-dev-vault': { keys, stream: undefined, ttl: undefined, indexes: undefined },
    'rapport-dev-recommend': { keys, stream: undefined, ttl: 'ttl', indexes: undefined },
    'rapport-dev-limits': { keys, stream: undefined, ttl: 'ttl', indexes: undefined },
  });
});

test('a stage is written the same, byte by byte, each time', async () => {
  const outdirs = [1, 2].map(() => mkdtempSync(join(tmpdir(), 'rapport-again-')));
  try {
    const texts = [];
    for (const outdir of outdirs) {
      const { stacks } = await synthesise({ stage: 'prod', bundle: false, outdir });
      texts.push(stacks.map(({ templateFullPath }) => readFileSync(templateFullPath, 'utf8')));
    }
    expect(texts[0]).toEqual(texts[1]);
  } finally {
    for (const outdir of outdirs) rmSync(outdir, { recursive: true });
  }
});

test('an issuer and an audience can be named from outside', async () => {
  const outdir = mkdtempSync(join(tmpdir(), 'rapport-issuer-'));
  const jwt = { issuer: 'https://login.shop.example/', audience: 'shop' };
  try {
    const { stacks } = await synthesise({ stage: 'dev', bundle: false, outdir, ...jwt });
    const text = stacks.map(({ templateFullPath }) => readFileSync(templateFullPath, 'utf8')).join('');
    expect(text).toContain(jwt.issuer);
    expect(text).not.toContain('rapport.invalid');
  } finally {
    rmSync(outdir, { recursive: true });
  }
});
