import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks } from 'cdk-nag';
import { afterAll, describe, expect, test } from 'vitest';
import { stageNames, stages } from '../../infra/config.ts';
import { EDGE_REGION, EdgeStack } from '../../infra/constructs/edge.ts';
import { HouseRules } from '../../infra/stacks/house-rules.ts';
import { at, listOf, property, StageTemplates, type Template } from '../../infra/stacks/template.ts';

const outdir = mkdtempSync(join(tmpdir(), 'rapport-edge-'));
afterAll(() => rmSync(outdir, { recursive: true }));

type Edge = ConstructorParameters<typeof EdgeStack>[2]['edge'];
const plain: Edge = { apiHost: 'abc123.execute-api.eu-west-1.amazonaws.com', addressRequestsPerFiveMinutes: 10_000 };

function written(edge: Edge) {
  const app = new App({ outdir: mkdtempSync(join(outdir, 'out-')), analyticsReporting: false, treeMetadata: false });
  new EdgeStack(app, 'rapport-prod-edge', { stage: 'prod', edge }, {});
  Validations.of(app).addPlugins(new HouseRules({ production: true, canary: true }), new AwsSolutionsChecks(app));
  const stack = app.synth().getStackByName('rapport-prod-edge');
  return { region: stack.environment.region, stage: new StageTemplates([stack.template as Template]) };
}

test('no stage has an edge that has not asked for one', () => {
  expect(stageNames.filter((stage) => stages[stage].edge !== undefined)).toEqual([]);
});

describe('a stage with an edge', () => {
  const { region, stage } = written(plain);
  const [[, distribution]] = stage.ofType('AWS::CloudFront::Distribution') as [[string, never]];
  const [[aclId, acl]] = stage.ofType('AWS::WAFv2::WebACL') as [[string, never]];

  test('has it where CloudFront looks for it, and passes cdk-nag and the house rules', () => {
    expect(region).toBe(EDGE_REGION);
    expect(property(acl, 'Scope')).toBe('CLOUDFRONT');
    expect(stage.idOf(property(distribution, 'DistributionConfig', 'WebACLId'))).toBe(aclId);
  });

  test('is reached, and reaches the API, over TLS alone, and keeps nothing', () => {
    const config = property(distribution, 'DistributionConfig');
    expect(at(config, 'DefaultCacheBehavior', 'ViewerProtocolPolicy')).toBe('https-only');
    expect(at(config, 'DefaultCacheBehavior', 'CachePolicyId')).toBe('4135ea2d-6df8-44a3-9df3-4b5a84be39ad');
    expect(listOf(at(config, 'Origins'))).toMatchObject([
      {
        DomainName: plain.apiHost,
        CustomOriginConfig: { OriginProtocolPolicy: 'https-only', OriginSSLProtocols: ['TLSv1.2'] },
      },
    ]);
  });

  test('stops floods of an address, known bad senders and known bad requests, each by a rule that counts', () => {
    const rules = listOf<Record<string, unknown>>(property(acl, 'Rules'));
    expect(rules.map(({ Name }) => Name)).toEqual([
      'addresses',
      'AWSManagedRulesAmazonIpReputationList',
      'AWSManagedRulesKnownBadInputsRuleSet',
      'AWSManagedRulesCommonRuleSet',
    ]);
    expect(new Set(rules.map(({ Priority }) => Priority)).size).toBe(rules.length);
    expect(rules[0]).toMatchObject({
      Action: { Block: { CustomResponse: { ResponseCode: 429 } } },
      Statement: { RateBasedStatement: { Limit: 10_000, AggregateKeyType: 'IP' } },
    });
    // Requests are not looked into: samples show tokens and addresses.
    for (const rule of rules) expect(at(rule, 'VisibilityConfig', 'SampledRequestsEnabled')).toBe(false);
  });

  test('may have a name of its own, and then asks for TLS 1.2', () => {
    const domain = { name: 'api.shop.example', certificateArn: 'arn:aws:acm:us-east-1:000000000000:certificate/x' };
    const [[, named]] = written({ ...plain, domain }).stage.ofType('AWS::CloudFront::Distribution') as [
      [string, never],
    ];
    expect(property(named, 'DistributionConfig')).toMatchObject({
      Aliases: ['api.shop.example'],
      ViewerCertificate: { AcmCertificateArn: domain.certificateArn, MinimumProtocolVersion: 'TLSv1.2_2021' },
    });
  });
});
