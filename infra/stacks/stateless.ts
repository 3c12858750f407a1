import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Surroundings } from '../constructs/foundation.ts';
import { RapportApi } from '../constructs/http-api.ts';
import { HttpDomain } from '../constructs/http-domain.ts';
import { LakeDelivery } from '../constructs/lake.ts';
import { Reaction } from '../constructs/reaction.ts';
import { ReplayPreview } from '../constructs/replay-preview.ts';
import { ScheduledReaction } from '../constructs/scheduled-reaction.ts';
import { StreamReaction } from '../constructs/stream-reaction.ts';
import type { DomainStackName } from '../constructs/wiring.ts';
import { domains } from '../domains/domains.ts';

/** What can be thrown away and deployed again: the API, the lake's delivery, and the functions, rules and queues of most domains. */
export class StatelessStack extends Stack {
  readonly api: RapportApi;

  constructor(scope: Construct, id: string, surroundings: Surroundings, props: StackProps) {
    super(scope, id, props);
    this.api = new RapportApi(this, 'Http', surroundings.config);
    addDomains(this, 'stateless', surroundings, this.api);
    new ReplayPreview(this, surroundings);
    new CfnOutput(this, 'ApiUrl', { value: this.api.url, description: 'The base of every route.' });
  }
}

/** Functions, rules and queues of domains that have a stack of their own, behind the one API. */
export class DomainStack extends Stack {
  constructor(
    scope: Construct,
    id: string,
    { name, surroundings, api }: { name: DomainStackName; surroundings: Surroundings; api: RapportApi },
    props: StackProps,
  ) {
    super(scope, id, props);
    addDomains(this, name, surroundings, api);
  }
}

function addDomains(scope: Stack, name: DomainStackName, surroundings: Surroundings, api: RapportApi): void {
  for (const spec of domains) {
    if ((spec.stack ?? 'stateless') !== name) continue;
    const {
      http,
      reactions = [],
      relays = [],
      streamReactions = [],
      scheduledReactions = [],
      transformations = [],
    } = spec;
    if (http !== undefined) new HttpDomain(scope, surroundings, http, api);
    for (const it of [...relays, ...reactions]) new Reaction(scope, surroundings, it);
    for (const it of streamReactions) new StreamReaction(scope, surroundings, it);
    for (const it of scheduledReactions) new ScheduledReaction(scope, surroundings, it);
    for (const it of transformations) new LakeDelivery(scope, surroundings, it);
  }
}
