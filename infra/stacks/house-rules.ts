/**
 * What must hold in every template and cdk-nag does not ask for. The rules read the written templates, not the
 * constructs, so they judge what would be deployed; a finding stops the synthesis.
 */
import { readFileSync } from 'node:fs';
import type { IPolicyValidationContext, IPolicyValidationPlugin, PolicyValidationPluginReport } from 'aws-cdk-lib/core';
import {
  at,
  listOf,
  property,
  type Resource,
  StageTemplates,
  type Statement,
  statementsOf,
  type Template,
} from './template.ts';

export type Finding = { rule: string; resource: string; says: string };

/** What is asked of a stage. `production`: data must outlive its stack. `canary`: new code takes over bit by bit, or is taken back. */
export type Expectations = { production: boolean; canary: boolean };

/** What the rules look at. */
type Scene = Expectations & { stage: StageTemplates; templates: readonly Template[] };
type Rule = (scene: Scene) => Iterable<[resource: string, says: string]>;

/** The routes that answer without a token. A route is opened here and in its domain, or not at all. */
const openRoutes: ReadonlySet<unknown> = new Set([
  'GET /v1/health',
  'GET /v1/products/{id}/reputation',
  'GET /v1/products/{id}/reviews',
  'GET /v1/products/{id}/related',
  'GET /v1/brands/{id}/reputation',
  'GET /v1/suppliers/{id}/reputation',
  '$default',
]);

/** AWS's own advice: fewer, and a slow run is overtaken by the redelivery of its own messages. */
const MIN_VISIBILITY_FACTOR = 6;

/** What holds data, or what data is read with. */
const dataTypes = [
  'AWS::DynamoDB::Table',
  'AWS::Events::Archive',
  'AWS::Events::EventBus',
  'AWS::KMS::Key',
  'AWS::S3::Bucket',
];

/** Every finding of every rule in the templates of one stage. */
export function findingsIn(templates: readonly Template[], expectations: Expectations): Finding[] {
  const scene: Scene = { ...expectations, stage: new StageTemplates(templates), templates };
  return Object.entries(rules).flatMap(([rule, check]) =>
    [...check(scene)].map(([resource, says]) => ({ rule, resource, says })),
  );
}

/** The rules as the CDK runs them at the end of a synthesis. */
export class HouseRules implements IPolicyValidationPlugin {
  readonly name = 'HouseRules';
  private readonly expectations: Expectations;

  constructor(expectations: Expectations) {
    this.expectations = expectations;
  }

  validate({ templatePaths }: IPolicyValidationContext): PolicyValidationPluginReport {
    const templates = templatePaths.map((path) => JSON.parse(readFileSync(path, 'utf8')) as Template);
    const findings = findingsIn(templates, this.expectations);
    return {
      success: findings.length === 0,
      violations: findings.map(({ rule, resource, says }) => ({
        ruleName: rule,
        description: says,
        severity: 'error',
        violatingResources: templatePaths
          .filter((_path, index) => templates[index]?.Resources[resource] !== undefined)
          .map((templatePath) => ({ resourceLogicalId: resource, locations: ['Properties'], templatePath })),
      })),
    };
  }
}

/** Objects are named when they are written, so a grant can name their folder at best: then in one bucket, and for objects alone. */
const objectsOfFolder = /^\{"Fn::Join":\["",\[\{"Fn::ImportValue":"[^"*]+"\},"\/[a-z]+\/\*"\]\]\}$/;
const objectActions: ReadonlySet<string> = new Set(['s3:DeleteObject', 's3:GetObject', 's3:PutObject']);

/** Whether what a function may do reaches beyond what is named. */
function reachesFurther(resource: unknown, actions: unknown): boolean {
  const text = JSON.stringify(resource);
  if (!text.includes('*')) return false;
  return !objectsOfFolder.test(text) || listOf<string>(actions).some((action) => !objectActions.has(action));
}

/** Where a function itself may be named, and not what is live of it: what makes it live, and what looks at it. */
const namesFunctions: ReadonlySet<string> = new Set([
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::CompositeAlarm',
  'AWS::CloudWatch::Dashboard',
  'AWS::Lambda::Alias',
  'AWS::Lambda::Version',
]);
/** What a role may do with a function itself: none of it starts one. */
const rolloutActions: ReadonlySet<string> = new Set([
  'lambda:GetAlias',
  'lambda:GetProvisionedConcurrencyConfig',
  'lambda:UpdateAlias',
]);

/** The counters of rate limits: whose they were is gone with the hour, and must not come back with a backup. */
const forgetfulTable = /^rapport-[a-z]+-limits$/;

const rules: Record<string, Rule> = {
  *'table-recovers'({ stage }) {
    for (const [id, table] of stage.ofType('AWS::DynamoDB::Table')) {
      const recovers = property(table, 'PointInTimeRecoverySpecification', 'PointInTimeRecoveryEnabled') === true;
      if (forgetfulTable.test(String(property(table, 'TableName')))) {
        const lapses = property(table, 'TimeToLiveSpecification', 'Enabled') === true;
        if (recovers || !lapses) yield [id, 'A table that has to forget has no backup, and its items lapse.'];
      } else if (!recovers) {
        yield [id, 'A table can be restored to any second of the last 35 days.'];
      }
      if (property(table, 'SSESpecification', 'KMSMasterKeyId') === undefined) {
        yield [id, 'A table is encrypted under the key of its stage.'];
      }
      if (property(table, 'BillingMode') !== 'PAY_PER_REQUEST') {
        yield [id, 'A table is paid by the request: a shop that sleeps costs nothing.'];
      }
    }
  },

  *'data-outlives-its-stack'({ stage, production }) {
    if (!production) return;
    for (const type of dataTypes) {
      for (const [id, resource] of stage.ofType(type)) {
        // RetainExceptOnCreate lets go of what never held anything: a table that refuses to be deleted cannot say so.
        const kept = type === 'AWS::DynamoDB::Table' ? ['Retain'] : ['Retain', 'RetainExceptOnCreate'];
        if (!kept.includes(String(resource.DeletionPolicy)) || resource.UpdateReplacePolicy !== 'Retain') {
          yield [id, 'What holds data in production is kept when its stack is deleted or the resource is replaced.'];
        }
      }
    }
    for (const [id, table] of stage.ofType('AWS::DynamoDB::Table')) {
      if (property(table, 'DeletionProtectionEnabled') !== true) {
        yield [id, 'A production table refuses to be deleted.'];
      }
    }
  },

  *'data-stands-apart'({ templates }) {
    for (const { Resources } of templates) {
      const resources = Object.entries(Resources);
      if (!resources.some(([, { Type }]) => Type === 'AWS::Lambda::Function')) continue;
      for (const [id, { Type }] of resources) {
        if (dataTypes.includes(Type))
          yield [id, 'What holds data stands in no stack that is thrown away with the code.'];
      }
    }
  },

  *'key-rotates'({ stage }) {
    for (const [id, key] of stage.ofType('AWS::KMS::Key')) {
      // AWS rotates keys that encrypt, and no others: one that makes pseudonyms would give everybody another name.
      const encrypts = (property(key, 'KeyUsage') ?? 'ENCRYPT_DECRYPT') === 'ENCRYPT_DECRYPT';
      if (encrypts && property(key, 'EnableKeyRotation') !== true) yield [id, 'A key is rotated every year.'];
    }
  },

  *'queue-has-dead-letters'({ stage }) {
    const ends = new Set(deadLetterQueuesOf(stage));
    for (const [id, queue] of stage.ofType('AWS::SQS::Queue')) {
      const target = stage.idOf(property(queue, 'RedrivePolicy', 'deadLetterTargetArn'));
      const attempts = Number(property(queue, 'RedrivePolicy', 'maxReceiveCount'));
      if (ends.has(id)) continue;
      if (target === undefined || !(attempts >= 2)) {
        yield [id, 'A queue hands a message to its dead-letter queue after a few attempts.'];
      }
    }
  },

  *'queue-is-private'({ stage }) {
    for (const [id, queue] of stage.ofType('AWS::SQS::Queue')) {
      if (property(queue, 'KmsMasterKeyId') === undefined)
        yield [id, 'A queue is encrypted under the key of its stage.'];
      const refusesPlainText = policyOf(stage, id).some(refusesWithoutTls);
      if (!refusesPlainText) yield [id, 'A queue answers over TLS only.'];
    }
  },

  *'topic-is-private'({ stage }) {
    for (const [id, topic] of stage.ofType('AWS::SNS::Topic')) {
      if (property(topic, 'KmsMasterKeyId') === undefined)
        yield [id, 'A topic is encrypted under the key of its stage.'];
      const statements = stage
        .ofType('AWS::SNS::TopicPolicy')
        .filter(([, policy]) => listOf(property(policy, 'Topics')).some((it) => stage.idOf(it) === id))
        .flatMap(([, policy]) => statementsOf(property(policy, 'PolicyDocument')));
      const refusesPlainText = statements.some(refusesWithoutTls);
      if (!refusesPlainText) yield [id, 'A topic takes messages over TLS only.'];
      const open = statements.some(
        ({ Effect, Condition }) =>
          Effect === 'Allow' && at(Condition, 'StringEquals', 'aws:SourceAccount') === undefined,
      );
      if (open) yield [id, 'A topic takes messages from its own account only.'];
    }
    for (const [id, subscription] of stage.ofType('AWS::SNS::Subscription')) {
      if (property(subscription, 'Protocol') === 'http') yield [id, 'A message leaves a topic over TLS only.'];
    }
  },

  *'mapping-loses-nothing'({ stage }) {
    for (const [id, mapping] of stage.ofType('AWS::Lambda::EventSourceMapping')) {
      if (!listOf(property(mapping, 'FunctionResponseTypes')).includes('ReportBatchItemFailures')) {
        yield [id, 'A function reports which of a batch failed: one bad message takes no others with it.'];
      }
      const source = stage.resourceOf(property(mapping, 'EventSourceArn'));
      if (source?.Type !== 'AWS::SQS::Queue') {
        const attempts = Number(property(mapping, 'MaximumRetryAttempts') ?? -1);
        const onFailure = property(mapping, 'DestinationConfig', 'OnFailure', 'Destination');
        if (attempts < 0 || stage.resourceOf(onFailure)?.Type !== 'AWS::SQS::Queue') {
          yield [id, 'A stream gives up on a record after some attempts and leaves its position in a queue.'];
        }
        continue;
      }
      const concurrency = Number(property(mapping, 'ScalingConfig', 'MaximumConcurrency'));
      if (!(concurrency >= 2)) yield [id, 'A reaction has a limit on how many of it run at once.'];
      const timeoutSeconds = Number(property(stage.functionOf(property(mapping, 'FunctionName')), 'Timeout'));
      const visibilitySeconds = Number(property(source, 'VisibilityTimeout'));
      if (!(visibilitySeconds >= MIN_VISIBILITY_FACTOR * timeoutSeconds)) {
        yield [id, `A message stays invisible for at least ${MIN_VISIBILITY_FACTOR} times the function's timeout.`];
      }
    }
  },

  *'rule-loses-nothing'({ stage }) {
    for (const [id, rule] of stage.ofType('AWS::Events::Rule')) {
      for (const target of listOf(property(rule, 'Targets'))) {
        const dead = stage.idOf(at(target, 'DeadLetterConfig', 'Arn'));
        if (dead === undefined) yield [id, "A rule's target has a queue for what cannot be delivered."];
        else if (!mayReceiveFrom(stage, dead, id))
          yield [id, 'The queue for what cannot be delivered lets the rule in.'];
        const hours = at(target, 'RetryPolicy', 'MaximumEventAgeInSeconds');
        const attempts = at(target, 'RetryPolicy', 'MaximumRetryAttempts');
        if (hours === undefined || attempts === undefined) {
          yield [id, "A rule's target has a limit on how long and how often delivery is tried."];
        }
        const destination = stage.idOf(at(target, 'Arn'));
        if (destination === undefined) yield [id, "A rule's target is a resource of this stage."];
        else if (
          stage.resources.get(destination)?.Type === 'AWS::SQS::Queue' &&
          !mayReceiveFrom(stage, destination, id)
        ) {
          yield [id, 'The queue that a rule sends to lets the rule in.'];
        }
      }
    }
  },

  *'route-asks-for-a-token'({ stage }) {
    for (const [id, route] of stage.ofType('AWS::ApiGatewayV2::Route')) {
      if (openRoutes.has(property(route, 'RouteKey'))) continue;
      const authorizer = stage.resourceOf(property(route, 'AuthorizerId'));
      if (property(route, 'AuthorizationType') !== 'JWT' || property(authorizer, 'AuthorizerType') !== 'JWT') {
        yield [id, 'A route asks for a token, unless it is listed as open.'];
      }
    }
    for (const [id, authorizer] of stage.ofType('AWS::ApiGatewayV2::Authorizer')) {
      const audience = listOf(property(authorizer, 'JwtConfiguration', 'Audience'));
      if (!property(authorizer, 'JwtConfiguration', 'Issuer') || audience.length === 0) {
        yield [id, 'An authorizer knows who signs the tokens and whom they are for.'];
      }
    }
  },

  *'route-has-a-limit'({ stage }) {
    for (const [id, route] of stage.ofType('AWS::ApiGatewayV2::Route')) {
      const integration = stage.resourceOf(targetOf(route));
      const fn = stage.functionOf(property(integration, 'IntegrationUri'));
      const told = (name: string) => property(fn, 'Environment', 'Variables', name);
      const table = property(stage.resourceOf(told('LIMITS_TABLE')), 'TableName');
      const limits = [told('MEMBER_REQUESTS_PER_MINUTE'), told('ADDRESS_REQUESTS_PER_MINUTE')].map(Number);
      if (!forgetfulTable.test(String(table)) || limits.some((limit) => !(limit > 0))) {
        yield [id, 'What is behind a route knows how much one member and one address may ask for in a minute.'];
      }
    }
  },

  *'api-has-limits'({ stage }) {
    for (const [id, api] of stage.ofType('AWS::ApiGatewayV2::Stage')) {
      const rate = Number(property(api, 'DefaultRouteSettings', 'ThrottlingRateLimit'));
      const burst = Number(property(api, 'DefaultRouteSettings', 'ThrottlingBurstLimit'));
      if (!(rate > 0 && burst > 0)) yield [id, 'The API has a limit on requests per second.'];
      const format = property(api, 'AccessLogSettings', 'Format');
      if (typeof format !== 'string') yield [id, 'The API logs who asked for what.'];
      else if (/identity|\$context\.(path|authorizer\.claims)/.test(format)) {
        yield [id, 'The access log holds no address, no path and no claim: they name people.'];
      }
    }
    for (const [id, api] of stage.ofType('AWS::ApiGatewayV2::Api')) {
      if (property(api, 'CorsConfiguration') !== undefined) yield [id, 'The API answers no browser of another origin.'];
    }
  },

  *'grant-names-what-it-gives'({ stage }) {
    const ofFunctions = new Set(
      stage.ofType('AWS::Lambda::Function').map(([, fn]) => stage.idOf(property(fn, 'Role'))),
    );
    for (const [id, role] of stage.ofType('AWS::IAM::Role')) {
      if (listOf(property(role, 'ManagedPolicyArns')).length > 0)
        yield [id, 'A role has no policy that AWS may change.'];
      const documents = listOf(property(role, 'Policies')).map((policy) => at(policy, 'PolicyDocument'));
      for (const { Effect, Action, Resource: scope } of documents.flatMap(statementsOf)) {
        if (Effect !== 'Allow') continue;
        if (listOf<string>(Action).some((action) => action.includes('*'))) yield [id, 'A grant names its actions.'];
        for (const resource of listOf(scope)) {
          const open = ofFunctions.has(id) ? reachesFurther(resource, Action) : resource === '*';
          if (open) yield [id, 'A grant names its resources.'];
        }
      }
    }
    for (const type of ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy']) {
      for (const [id] of stage.ofType(type)) yield [id, 'What a role may do stands in the role itself.'];
    }
  },

  *'function-stands-alone'({ stage }) {
    const seen = new Map<string, string>();
    for (const [id, fn] of stage.ofType('AWS::Lambda::Function')) {
      if (typeof fn.Metadata?.['rapport:entry'] !== 'string' || typeof fn.Metadata['rapport:name'] !== 'string') {
        yield [id, 'A function says in its metadata which file it comes from.'];
      }
      const logs = stage.idOf(property(fn, 'LoggingConfig', 'LogGroup'));
      if (logs === undefined || property(fn, 'LoggingConfig', 'LogFormat') !== 'JSON') {
        yield [id, 'A function logs JSON into a log group of this stage.'];
      }
      for (const own of [logs, stage.idOf(property(fn, 'Role'))]) {
        if (own === undefined) continue;
        if (seen.has(own))
          yield [id, `A function shares neither role nor log group; ${seen.get(own)} has this one too.`];
        seen.set(own, id);
      }
    }
  },

  *'function-is-live'({ stage, production }) {
    for (const [id, fn] of stage.ofType('AWS::Lambda::Function')) {
      const aliases = referringTo(stage, id, 'AWS::Lambda::Alias', 'FunctionName');
      const live = aliases.find(([, alias]) => property(alias, 'Name') === 'live');
      const versionId = stage.idOf(property(live?.[1], 'FunctionVersion'));
      const versions = referringTo(stage, id, 'AWS::Lambda::Version', 'FunctionName');
      const version = versions.find(([it]) => it === versionId)?.[1];
      if (version === undefined || aliases.length !== 1) {
        yield [id, 'A function has one alias, live, and it leads to the version of this deployment.'];
      }
      if (production && version?.DeletionPolicy !== 'RetainExceptOnCreate') {
        yield [id, 'A version stays when another follows it, unless it was never live: the way back leads there.'];
      }
      if (property(fn, 'FunctionName') === undefined)
        yield [id, 'A function has a name that alarms and people can use.'];
    }
  },

  *'function-has-an-alarm'({ stage }) {
    for (const [id] of stage.ofType('AWS::Lambda::Function')) {
      const tells = errorAlarmsOf(stage, id).some(([, alarm]) => isTold(stage, alarm));
      if (!tells) yield [id, 'The errors of what is live of a function are told to somebody.'];
    }
  },

  *'only-what-is-live-is-called'({ stage }) {
    for (const [id, resource] of stage.resources) {
      if (namesFunctions.has(resource.Type)) continue;
      const statements = resource.Type === 'AWS::IAM::Role' ? rolePolicyOf(resource) : undefined;
      const calls = statements?.filter(({ Action }) => listOf<string>(Action).some((it) => !rolloutActions.has(it)));
      const called = referencesIn(calls ?? resource.Properties)
        .map((it) => stage.resourceOf(it)?.Type)
        .some((type) => type === 'AWS::Lambda::Function' || type === 'AWS::Lambda::Version');
      if (called)
        yield [id, 'What starts a function goes to its alias, which is moved and set back; nothing goes round it.'];
    }
  },

  *'new-code-can-be-taken-back'({ stage, canary }) {
    if (!canary) return;
    for (const [id, alias] of stage.ofType('AWS::Lambda::Alias')) {
      const update = alias.UpdatePolicy?.CodeDeployLambdaAliasUpdate;
      const group = stage.resourceOf(at(update, 'DeploymentGroupName'));
      if (property(group, 'DeploymentConfigName') !== 'CodeDeployDefault.LambdaCanary10Percent5Minutes') {
        yield [id, 'New code has a tenth of the calls for five minutes before it has all of them.'];
      }
      const watched = listOf(property(group, 'AlarmConfiguration', 'Alarms')).map((it) => stage.idOf(at(it, 'Name')));
      const functionId = stage.idOf(property(alias, 'FunctionName')) ?? '';
      const errors = errorAlarmsOf(stage, functionId).some(([alarm]) => watched.includes(alarm));
      if (!errors || property(group, 'AlarmConfiguration', 'Enabled') !== true) {
        yield [id, "New code is watched by the function's own alarms."];
      }
      const events = listOf(property(group, 'AutoRollbackConfiguration', 'Events'));
      const back = ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST'];
      if (
        property(group, 'AutoRollbackConfiguration', 'Enabled') !== true ||
        back.some((event) => !events.includes(event))
      ) {
        yield [id, 'New code is taken back by itself, however its rollout ends early.'];
      }
    }
  },

  *'logs-are-forgotten'({ stage }) {
    for (const [id, group] of stage.ofType('AWS::Logs::LogGroup')) {
      if (!(Number(property(group, 'RetentionInDays')) > 0)) yield [id, 'A log group forgets after some days.'];
    }
  },

  *'bucket-is-private'({ stage }) {
    for (const [id, bucket] of stage.ofType('AWS::S3::Bucket')) {
      const block = property(bucket, 'PublicAccessBlockConfiguration');
      const open = ['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets'].some(
        (setting) => at(block, setting) !== true,
      );
      if (open) yield [id, 'A bucket is never public.'];
      if (property(bucket, 'VersioningConfiguration', 'Status') !== 'Enabled') yield [id, 'A bucket keeps versions.'];
      if (property(bucket, 'BucketEncryption') === undefined) yield [id, 'A bucket is encrypted.'];
      const refusesPlainText = stage
        .ofType('AWS::S3::BucketPolicy')
        .filter(([, policy]) => stage.idOf(property(policy, 'Bucket')) === id)
        .flatMap(([, policy]) => statementsOf(property(policy, 'PolicyDocument')))
        .some(refusesWithoutTls);
      if (!refusesPlainText) yield [id, 'A bucket answers over TLS only.'];
    }
  },
};

/** The rules by their names, as findings say them. */
export const ruleNames: readonly string[] = Object.keys(rules);

/** The queues at the end of something: of another queue, a rule's target, a stream, the bus. */
function deadLetterQueuesOf(stage: StageTemplates): (string | undefined)[] {
  const ends: Record<string, (resource: Resource) => unknown[]> = {
    'AWS::SQS::Queue': (queue) => [property(queue, 'RedrivePolicy', 'deadLetterTargetArn')],
    'AWS::Events::Rule': (rule) => listOf(property(rule, 'Targets')).map((it) => at(it, 'DeadLetterConfig', 'Arn')),
    'AWS::Events::EventBus': (bus) => [property(bus, 'DeadLetterConfig', 'Arn')],
    'AWS::Lambda::EventSourceMapping': (mapping) => [
      property(mapping, 'DestinationConfig', 'OnFailure', 'Destination'),
    ],
  };
  return Object.entries(ends).flatMap(([type, endsOf]) =>
    stage.ofType(type).flatMap(([, resource]) => endsOf(resource).map((end) => stage.idOf(end))),
  );
}

/** The resources of a type that name another one in this property. */
function referringTo(
  stage: StageTemplates,
  id: string,
  type: string,
  name: string,
): [id: string, resource: Resource][] {
  return stage.ofType(type).filter(([, resource]) => stage.idOf(property(resource, name)) === id);
}

/** The alarms that go off by one error of what is live of a function. */
function errorAlarmsOf(stage: StageTemplates, functionId: string): [id: string, alarm: Resource][] {
  const own = `${property(stage.resources.get(functionId), 'FunctionName')}:live`;
  return stage.ofType('AWS::CloudWatch::Alarm').filter(([, alarm]) => {
    const dimensions = listOf<{ Name: string; Value: unknown }>(property(alarm, 'Dimensions'));
    return (
      property(alarm, 'Namespace') === 'AWS/Lambda' &&
      property(alarm, 'MetricName') === 'Errors' &&
      property(alarm, 'Statistic') === 'Sum' &&
      property(alarm, 'ComparisonOperator') === 'GreaterThanThreshold' &&
      property(alarm, 'Threshold') === 0 &&
      property(alarm, 'DatapointsToAlarm') === 1 &&
      dimensions.some(({ Name, Value }) => Name === 'Resource' && Value === own)
    );
  });
}

/** Whether an alarm is told to a topic of the stage: by reference, or by its name in this account and region. */
function isTold(stage: StageTemplates, alarm: Resource): boolean {
  const names = stage.ofType('AWS::SNS::Topic').map(([, topic]) => `:${property(topic, 'TopicName')}"`);
  return (
    property(alarm, 'ActionsEnabled') !== false &&
    listOf(property(alarm, 'AlarmActions')).some(
      (action) =>
        stage.resourceOf(action)?.Type === 'AWS::SNS::Topic' ||
        names.some((name) => JSON.stringify(action).includes(name)),
    )
  );
}

/** The integration that a route leads to: `integrations/` and its reference. */
function targetOf(route: Resource): unknown {
  const parts = at(property(route, 'Target'), 'Fn::Join');
  return Array.isArray(parts) ? listOf(parts[1]).at(-1) : undefined;
}

/** What in a value refers to a resource: every Ref, every GetAtt, every import. */
function referencesIn(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('Ref' in value || 'Fn::GetAtt' in value || 'Fn::ImportValue' in value) return [value];
  return Object.values(value).flatMap(referencesIn);
}

function rolePolicyOf(role: Resource): Statement[] {
  return listOf(property(role, 'Policies')).flatMap((policy) => statementsOf(at(policy, 'PolicyDocument')));
}

function policyOf(stage: StageTemplates, queueId: string): Statement[] {
  return stage
    .ofType('AWS::SQS::QueuePolicy')
    .filter(([, policy]) => listOf(property(policy, 'Queues')).some((queue) => stage.idOf(queue) === queueId))
    .flatMap(([, policy]) => statementsOf(property(policy, 'PolicyDocument')));
}

/** Whether a statement refuses everybody everything that does not come over TLS. */
function refusesWithoutTls({ Effect, Action, Condition, Principal }: Statement & { Principal?: unknown }): boolean {
  const everybody = Principal === '*' || at(Principal, 'AWS') === '*';
  const everything = listOf<string>(Action).some((it) => /^(s3:|sqs:|sns:)?\*$/.test(it) || it === 'sns:Publish');
  const conditions = typeof Condition === 'object' && Condition !== null ? Object.keys(Condition) : [];
  return (
    Effect === 'Deny' &&
    everybody &&
    everything &&
    conditions.length === 1 &&
    at(Condition, 'Bool', 'aws:SecureTransport') === 'false'
  );
}

function mayReceiveFrom(stage: StageTemplates, queueId: string, ruleId: string): boolean {
  return policyOf(stage, queueId).some(
    ({ Effect, Action, Condition }) =>
      Effect === 'Allow' &&
      listOf(Action).includes('sqs:SendMessage') &&
      stage.idOf(at(Condition, 'ArnEquals', 'aws:SourceArn')) === ruleId,
  );
}
