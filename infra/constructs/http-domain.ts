import { HttpMethod, HttpNoneAuthorizer, HttpRoute, HttpRouteKey } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { idOf } from '../config.ts';
import type { Surroundings } from './foundation.ts';
import { BoundFunction } from './function.ts';
import type { RapportApi } from './http-api.ts';
import { type HttpDomainSpec, type Route, table } from './wiring.ts';

/** Each function with routes counts what members and addresses ask of it; it needs to read nothing for that. */
const requestCounters = table('limits', 'UpdateItem');

/**
 * The routes of one domain and the one function behind them. A route without `public` asks for a valid token at the
 * gateway; scopes and whose data it is are checked by the handler, because the gateway's refusals are no problem documents.
 */
export class HttpDomain extends Construct {
  constructor(scope: Construct, surroundings: Surroundings, spec: HttpDomainSpec, { api, authorizer }: RapportApi) {
    super(scope, idOf(spec.name));
    const { config } = surroundings;
    const counted = { ...spec, binds: [...spec.binds, requestCounters] };
    const environment = {
      MEMBER_REQUESTS_PER_MINUTE: String(config.limits.memberRequestsPerMinute),
      ADDRESS_REQUESTS_PER_MINUTE: String(config.limits.addressRequestsPerMinute),
    };
    const { live } = new BoundFunction(this, surroundings, counted, config[spec.size ?? 'http'], 'request', {
      environment,
    });
    const integration = new HttpLambdaIntegration('Integration', live);
    for (const route of spec.routes) {
      const open = 'public' in route;
      const added = new HttpRoute(this, idOf(`route ${nameOfRoute(route)}`), {
        httpApi: api,
        routeKey: keyOfRoute(route),
        integration,
        authorizer: open ? new HttpNoneAuthorizer() : authorizer,
      });
      if (open) {
        Validations.of(added).acknowledge({
          id: 'AwsSolutions-APIG4',
          reason: `${nameOfRoute(route)} is public by contract: it answers the same to everyone, and only what the shop shows everyone.`,
        });
      }
    }
  }
}

function nameOfRoute(route: Route): string {
  return 'fallback' in route ? '$default' : `${route.method} ${route.path}`;
}

function keyOfRoute(route: Route): HttpRouteKey {
  return 'fallback' in route ? HttpRouteKey.DEFAULT : HttpRouteKey.with(route.path, HttpMethod[route.method]);
}
