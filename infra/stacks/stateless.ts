import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Surroundings } from '../constructs/foundation.ts';
import { RapportApi } from '../constructs/http-api.ts';
import { HttpDomain } from '../constructs/http-domain.ts';
import { LakeDelivery } from '../constructs/lake.ts';
import { Reaction } from '../constructs/reaction.ts';
import { ScheduledReaction } from '../constructs/scheduled-reaction.ts';
import { StreamReaction } from '../constructs/stream-reaction.ts';
import { domains } from '../domains/domains.ts';

/** What can be thrown away and deployed again: functions, rules, queues, the API. */
export class StatelessStack extends Stack {
  constructor(scope: Construct, id: string, surroundings: Surroundings, props: StackProps) {
    super(scope, id, props);
    const api = new RapportApi(this, 'Http', surroundings.config);
    for (const { http, reactions = [], streamReactions = [], scheduledReactions = [] } of domains) {
      if (http !== undefined) new HttpDomain(this, surroundings, http, api);
      for (const spec of reactions) new Reaction(this, surroundings, spec);
      for (const spec of streamReactions) new StreamReaction(this, surroundings, spec);
      for (const spec of scheduledReactions) new ScheduledReaction(this, surroundings, spec);
    }
    new LakeDelivery(this, 'LakeDelivery', surroundings);
    new CfnOutput(this, 'ApiUrl', { value: api.url, description: 'The base of every route.' });
  }
}
