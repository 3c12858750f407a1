import { CfnDistribution } from 'aws-cdk-lib/aws-cloudfront';
import { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import { CfnOutput, Fn, Stack, type StackProps, Validations } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { nameOf, type StageConfig } from '../config.ts';

/** Where a web ACL for CloudFront has to stand, whatever region the stage is in. */
export const EDGE_REGION = 'us-east-1';

/** AWS's own policies: nothing is kept at the edge, and everything of a request but its host is handed on. */
const CACHING_DISABLED = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';
const ALL_VIEWER_EXCEPT_HOST = 'b689b0a8-53d0-40ab-baf2-68738e2966ac';

/** In the order in which they are asked. */
const managedRules = [
  'AWSManagedRulesAmazonIpReputationList',
  'AWSManagedRulesKnownBadInputsRuleSet',
  'AWSManagedRulesCommonRuleSet',
];
/** Of the common rules the one that refuses bodies over 8 KB: a batch of events has up to 1 MB, and the API itself measures it. */
const MEASURED_BY_THE_API = 'SizeRestrictions_BODY';

/**
 * CloudFront and a web ACL in front of the API of a stage that asks for it. A stack of its own, because a web ACL for CloudFront stands in us-east-1
 * whereas the API stands where the shop is; so the API is named by its host, which its first deployment tells.
 *
 * The API's own address goes on answering: an HTTP API knows neither resource policies nor web ACLs. Whoever goes there meets its throttle, the token check
 * and the limits per member and address all the same. The edge adds what those cannot: known bad senders and floods end before they reach the region.
 */
export class EdgeStack extends Stack {
  constructor(
    scope: Construct,
    id: string,
    { stage, edge }: { stage: StageConfig['stage']; edge: NonNullable<StageConfig['edge']> },
    props: StackProps,
  ) {
    super(scope, id, { ...props, env: { region: EDGE_REGION } });
    const acl = this.makeWebAcl(nameOf(stage, 'edge'), edge.addressRequestsPerFiveMinutes);
    const distribution = new CfnDistribution(this, 'Distribution', {
      distributionConfig: {
        enabled: true,
        comment: nameOf(stage, 'edge'),
        httpVersion: 'http2and3',
        ipv6Enabled: true,
        webAclId: acl.attrArn,
        origins: [
          {
            id: 'api',
            domainName: edge.apiHost,
            customOriginConfig: {
              originProtocolPolicy: 'https-only',
              originSslProtocols: ['TLSv1.2'],
              originReadTimeout: 30,
            },
          },
        ],
        defaultCacheBehavior: {
          targetOriginId: 'api',
          viewerProtocolPolicy: 'https-only',
          allowedMethods: ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE'],
          cachePolicyId: CACHING_DISABLED,
          originRequestPolicyId: ALL_VIEWER_EXCEPT_HOST,
          compress: true,
        },
        ...(edge.domain === undefined
          ? {}
          : {
              aliases: [edge.domain.name],
              viewerCertificate: {
                acmCertificateArn: edge.domain.certificateArn,
                minimumProtocolVersion: 'TLSv1.2_2021',
                sslSupportMethod: 'sni-only',
              },
            }),
      },
    });
    const reasons: Record<string, string> = {
      'AwsSolutions-CFR1':
        'A shop sells to whom it likes; where it does not, the shop adds the countries to the web ACL.',
      'AwsSolutions-CFR3':
        'The access log of CloudFront holds addresses and paths, which name people; the API writes one that holds neither.',
      ...(edge.domain === undefined && {
        'AwsSolutions-CFR4':
          'The certificate of cloudfront.net sets its own versions of TLS; a stage with a domain asks for 1.2.',
      }),
    };
    for (const [id, reason] of Object.entries(reasons)) Validations.of(distribution).acknowledge({ id, reason });
    const host = edge.domain?.name ?? distribution.attrDomainName;
    new CfnOutput(this, 'EdgeUrl', {
      value: Fn.join('', ['https://', host, '/']),
      description: 'The base of every route, through the edge.',
    });
  }

  private makeWebAcl(name: string, addressRequestsPerFiveMinutes: number): CfnWebACL {
    const visibility = (metricName: string) => ({
      cloudWatchMetricsEnabled: true,
      metricName,
      // Samples show whole requests, tokens and addresses among them.
      sampledRequestsEnabled: false,
    });
    return new CfnWebACL(this, 'WebAcl', {
      name,
      scope: 'CLOUDFRONT',
      defaultAction: { allow: {} },
      visibilityConfig: visibility(name),
      rules: [
        {
          name: 'addresses',
          priority: 0,
          action: { block: { customResponse: { responseCode: 429 } } },
          statement: {
            rateBasedStatement: {
              limit: addressRequestsPerFiveMinutes,
              evaluationWindowSec: 300,
              aggregateKeyType: 'IP',
            },
          },
          visibilityConfig: visibility('addresses'),
        },
        ...managedRules.map((rule, index) => ({
          name: rule,
          priority: index + 1,
          overrideAction: { none: {} },
          statement: {
            managedRuleGroupStatement: {
              vendorName: 'AWS',
              name: rule,
              ...(rule.endsWith('CommonRuleSet')
                ? { ruleActionOverrides: [{ name: MEASURED_BY_THE_API, actionToUse: { count: {} } }] }
                : {}),
            },
          },
          visibilityConfig: visibility(rule),
        })),
      ],
    });
  }
}
