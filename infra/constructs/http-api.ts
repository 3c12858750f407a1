import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi, HttpStage, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { nameOf, type StageConfig } from '../config.ts';
import { logGroup } from './logs.ts';

/**
 * What is written of each request. No address, no browser, no token, and the route instead of the path: a path names
 * a member.
 */
const accessLogFields = {
  requestId: '$context.requestId',
  requestTime: '$context.requestTime',
  routeKey: '$context.routeKey',
  status: '$context.status',
  responseBytes: '$context.responseLength',
  latencyMs: '$context.responseLatency',
  integrationLatencyMs: '$context.integrationLatency',
  integrationError: '$context.integrationErrorMessage',
  authorizerError: '$context.authorizer.error',
  error: '$context.error.message',
};

/** Where the API's id is kept: it has a name, but is counted, and so watched, under an id that AWS gives it. */
export function apiIdParameter({ stage }: Pick<StageConfig, 'stage'>): string {
  return `/rapport/${stage}/api-id`;
}

/** The public door: one HTTP API with a JWT authorizer, throttled and logged. Routes are added by the domains. */
export class RapportApi extends Construct {
  readonly api: HttpApi;
  readonly authorizer: HttpJwtAuthorizer;
  readonly url: string;

  constructor(scope: Construct, id: string, config: StageConfig) {
    super(scope, id);
    const name = nameOf(config.stage, 'api');
    // No CORS: storefronts call from their servers. A shop that calls from browsers names its origins here.
    this.api = new HttpApi(this, 'Api', { apiName: name, createDefaultStage: false });
    this.authorizer = new HttpJwtAuthorizer('Jwt', config.jwt.issuer, {
      authorizerName: `${name}-jwt`,
      jwtAudience: [config.jwt.audience],
    });
    const stage = new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      throttle: {
        rateLimit: config.http.throttle.requestsPerSecond,
        burstLimit: config.http.throttle.burstRequests,
      },
      accessLogSettings: {
        destination: new LogGroupLogDestination(logGroup(this, 'AccessLogs', config, 'api-access')),
        format: AccessLogFormat.custom(JSON.stringify(accessLogFields)),
      },
    });
    this.url = stage.url;
    new StringParameter(this, 'Id', {
      parameterName: apiIdParameter(config),
      stringValue: this.api.apiId,
      description: `The id of ${name}.`,
    });
  }
}
