/**
 * Reads the synthesised templates into the wiring that the local runtime runs. Properties that carry behaviour are read
 * strictly: one that is not modelled here is an error, so that a setting which would work when deployed can not be
 * silently absent locally.
 */
import * as z from 'zod/mini';
import { readAlarm } from '../../watch/alarm-model.ts';
import { compilePattern, type EventMatcher } from './event-pattern.ts';
import { identifier, LOCAL_VERSION, refuseUnknownTypes } from './identities.ts';
import {
  type ArchiveModel,
  type AuthorizerModel,
  type BucketModel,
  type DeliveryStreamModel,
  type FunctionModel,
  type KeyType,
  type QueueMapping,
  type QueueModel,
  type RouteModel,
  type RuleModel,
  type RuleTarget,
  type ScheduleModel,
  type StreamMapping,
  type TableModel,
  type Wiring,
  WiringError,
} from './model.ts';
import { Resolver, type Resource, type StackTemplate, type Surroundings, whereIs } from './resolve.ts';

/** Batches in flight per queue where a mapping sets no limit; Lambda starts with five pollers as well. */
const DEFAULT_CONCURRENCY = 5;

const ignored = z.optional(z.unknown());

const tableSchema = z.object({
  KeySchema: z.array(z.object({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) })),
  AttributeDefinitions: z.array(z.object({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) })),
  GlobalSecondaryIndexes: z.optional(
    z.array(
      z.object({
        IndexName: z.string(),
        KeySchema: z.array(z.object({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) })),
        Projection: z.object({
          ProjectionType: z.enum(['ALL', 'KEYS_ONLY', 'INCLUDE']),
          NonKeyAttributes: z.optional(z.array(z.string())),
        }),
      }),
    ),
  ),
  LocalSecondaryIndexes: z.optional(z.never()),
  StreamSpecification: z.optional(
    z.object({ StreamViewType: z.enum(['KEYS_ONLY', 'NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES']) }),
  ),
  TimeToLiveSpecification: z.optional(z.object({ AttributeName: z.optional(z.string()), Enabled: z.boolean() })),
});

const queueSchema = z.strictObject({
  QueueName: ignored,
  RedrivePolicy: z.optional(z.object({ deadLetterTargetArn: z.string(), maxReceiveCount: z.coerce.number() })),
  // Real waiting times are shortened locally, and nothing is kept longer or shorter than it is needed.
  VisibilityTimeout: ignored,
  MessageRetentionPeriod: ignored,
  KmsMasterKeyId: ignored,
  KmsDataKeyReusePeriodSeconds: ignored,
  SqsManagedSseEnabled: ignored,
  RedriveAllowPolicy: ignored,
  Tags: ignored,
});

const functionSchema = z.object({
  Timeout: z._default(z.number(), 3),
  MemorySize: z._default(z.number(), 128),
  Environment: z.optional(z.object({ Variables: z.optional(z.record(z.string(), z.coerce.string())) })),
  DeadLetterConfig: z.optional(z.object({ TargetArn: z.string() })),
});

// Its description and its published configuration are the function's own.
const versionSchema = z.strictObject({ FunctionName: z.string(), Description: ignored });

const aliasSchema = z.strictObject({
  FunctionName: z.string(),
  FunctionVersion: z.literal(LOCAL_VERSION),
  Name: z.string(),
  Description: ignored,
});

const invokeConfigSchema = z.object({
  FunctionName: z.string(),
  DestinationConfig: z.optional(z.object({ OnFailure: z.optional(z.object({ Destination: z.string() })) })),
});

const ruleSchema = z.strictObject({
  Name: ignored,
  Description: ignored,
  RoleArn: ignored,
  Tags: ignored,
  State: z.optional(z.literal('ENABLED')),
  EventBusName: z.optional(z.string()),
  EventPattern: z.optional(z.unknown()),
  ScheduleExpression: z.optional(z.string()),
  Targets: z._default(
    z.array(
      z.strictObject({
        Id: z.string(),
        Arn: z.string(),
        InputPath: z.optional(z.string()),
        Input: z.optional(z.string()),
        RoleArn: ignored,
        // Locally a target cannot be unreachable, so neither its retries nor its dead-letter queue are ever used.
        DeadLetterConfig: ignored,
        RetryPolicy: ignored,
      }),
    ),
    [],
  ),
});

const archiveSchema = z.strictObject({
  ArchiveName: ignored,
  Description: ignored,
  SourceArn: z.string(),
  EventPattern: z.optional(z.unknown()),
  // Locally nothing is forgotten: a clock that runs ahead of the machine's would take everything away.
  RetentionDays: ignored,
});

const mappingSchema = z.strictObject({
  EventSourceArn: z.string(),
  FunctionName: z.string(),
  BatchSize: z.optional(z.number()),
  // A window only delays; locally a batch is what is there.
  MaximumBatchingWindowInSeconds: ignored,
  FunctionResponseTypes: z._default(z.array(z.literal('ReportBatchItemFailures')), []),
  ScalingConfig: z.optional(z.strictObject({ MaximumConcurrency: z.number() })),
  BisectBatchOnFunctionError: z._default(z.boolean(), false),
  MaximumRetryAttempts: z.optional(z.number()),
  DestinationConfig: z.optional(z.strictObject({ OnFailure: z.strictObject({ Destination: z.string() }) })),
  StartingPosition: z.optional(z.enum(['TRIM_HORIZON', 'LATEST'])),
  FilterCriteria: z.optional(z.strictObject({ Filters: z.array(z.strictObject({ Pattern: z.string() })) })),
  // One local shard is read by one reader, and a record is never too old for a backend that may have been off for days.
  ParallelizationFactor: ignored,
  MaximumRecordAgeInSeconds: ignored,
  Enabled: z.optional(z.literal(true)),
  KmsKeyArn: ignored,
  MetricsConfig: ignored,
  Tags: ignored,
});

const processorSchema = z.object({
  Type: z.enum(['AppendDelimiterToRecord', 'Lambda']),
  Parameters: z.array(z.object({ ParameterName: z.string(), ParameterValue: z.string() })),
});

// How it is buffered, compressed and encrypted makes no difference to who reads the folder.
const deliveryStreamSchema = z.object({
  ExtendedS3DestinationConfiguration: z.object({
    BucketARN: z.string(),
    Prefix: z.string(),
    // A line per record is what the local lake writes in any case.
    ProcessingConfiguration: z.optional(z.object({ Enabled: z.literal(true), Processors: z.array(processorSchema) })),
  }),
});

const apiSchema = z.strictObject({
  Name: ignored,
  Description: ignored,
  ProtocolType: z.literal('HTTP'),
  DisableExecuteApiEndpoint: ignored,
  Tags: ignored,
});

const routeSchema = z.strictObject({
  ApiId: z.string(),
  RouteKey: z.string(),
  AuthorizationType: z._default(z.enum(['JWT', 'NONE']), 'NONE'),
  AuthorizerId: z.optional(z.string()),
  AuthorizationScopes: z._default(z.array(z.string()), []),
  Target: z.string(),
});

const integrationSchema = z.strictObject({
  ApiId: z.string(),
  IntegrationType: z.literal('AWS_PROXY'),
  IntegrationUri: z.string(),
  IntegrationMethod: ignored,
  PayloadFormatVersion: z.literal('2.0'),
  TimeoutInMillis: ignored,
});

const authorizerSchema = z.strictObject({
  ApiId: z.string(),
  Name: ignored,
  AuthorizerType: z.literal('JWT'),
  IdentitySource: z.tuple([z.literal('$request.header.Authorization')]),
  JwtConfiguration: z.strictObject({ Audience: z.array(z.string()), Issuer: z.string() }),
});

export type ReadOptions = {
  surroundings: Surroundings;
  /** The address of a queue on the local endpoint; handlers get it as the queue's URL. */
  queueUrl: (name: string) => string;
};

/**
 * Reads all stacks of the app.
 * @throws WiringError naming the resource, where something in the templates has no local behaviour
 */
export function readWiring(stacks: readonly StackTemplate[], { surroundings, queueUrl }: ReadOptions): Wiring {
  const resolver = new Resolver(stacks, surroundings, identifier(surroundings, queueUrl));
  refuseUnknownTypes(resolver.resources);

  const ofType = (...types: string[]): Resource[] => resolver.resources.filter(({ type }) => types.includes(type));
  const read = <Schema extends z.ZodMiniType>(resource: Resource, schema: Schema): z.output<Schema> => {
    const result = z.safeParse(schema, resolver.resolve(resource.properties, resource.stack));
    if (result.success) return result.data;
    const issues = result.error.issues.map((issue) => {
      const keys = issue.code === 'unrecognized_keys' ? ` (${issue.keys.join(', ')})` : '';
      return `${issue.path.join('.')}: ${issue.message}${keys}`;
    });
    throw new WiringError(`${whereIs(resource)} (${resource.type}): ${issues.join('; ')}`);
  };
  const nameOf = (resource: Resource): string => {
    const { ref, attributes } = resolver.identityOf(resource);
    return attributes.QueueName ?? ref;
  };
  const arnOf = (resource: Resource): string => resolver.identityOf(resource).attributes.Arn ?? '';

  const byArn = new Map<string, Resource>();
  for (const resource of resolver.resources) {
    const { attributes } = resolver.identityOf(resource);
    if (attributes.Arn !== undefined) byArn.set(attributes.Arn, resource);
    if (attributes.StreamArn !== undefined) byArn.set(attributes.StreamArn, resource);
  }
  const target = (arn: string, by: Resource, ...types: string[]): Resource => {
    const resource = byArn.get(arn);
    if (resource !== undefined && types.includes(resource.type)) return resource;
    throw new WiringError(`${whereIs(by)}: ${arn} is not one of ${types.join(', ')} in these stacks`);
  };
  const queueAt = (arn: string, by: Resource): string => nameOf(target(arn, by, 'AWS::SQS::Queue'));

  const functionNames = new Map<Resource, string>();
  const patient = new Set<string>();
  const asyncDeadLetters = new Map<string, string>();
  for (const resource of ofType('AWS::Lambda::EventInvokeConfig')) {
    const { FunctionName, DestinationConfig } = read(resource, invokeConfigSchema);
    const destination = DestinationConfig?.OnFailure?.Destination;
    if (destination !== undefined) asyncDeadLetters.set(FunctionName, queueAt(destination, resource));
  }
  const functions = ofType('AWS::Lambda::Function').map((resource): FunctionModel => {
    const properties = read(resource, functionSchema);
    const entry = resource.metadata['rapport:entry'];
    const name = resource.metadata['rapport:name'];
    if (typeof entry !== 'string' || typeof name !== 'string') {
      throw new WiringError(`${whereIs(resource)}: a function carries rapport:entry and rapport:name in its metadata`);
    }
    functionNames.set(resource, name);
    if (resource.metadata['rapport:patient'] === true) patient.add(name);
    const physicalName = nameOf(resource);
    const deadLetterArn = properties.DeadLetterConfig?.TargetArn;
    const deadLetterQueue =
      deadLetterArn === undefined ? asyncDeadLetters.get(physicalName) : queueAt(deadLetterArn, resource);
    return {
      name,
      physicalName,
      arn: arnOf(resource),
      entry,
      environment: properties.Environment?.Variables ?? {},
      timeoutMs: properties.Timeout * 1000,
      memoryMb: properties.MemorySize,
      ...(deadLetterQueue === undefined ? {} : { asyncDeadLetterQueue: deadLetterQueue }),
    };
  });
  const aliases = new Map<string, string>();
  const functionAt = (arnOrName: string, by: Resource): string => {
    const aliased = aliases.get(arnOrName);
    if (aliased !== undefined) return aliased;
    for (const [resource, name] of functionNames) {
      if (arnOf(resource) === arnOrName || nameOf(resource) === arnOrName) return name;
    }
    throw new WiringError(`${whereIs(by)}: ${arnOrName} is no function in these stacks`);
  };
  for (const resource of ofType('AWS::Lambda::Version'))
    functionAt(read(resource, versionSchema).FunctionName, resource);
  for (const resource of ofType('AWS::Lambda::Alias')) {
    aliases.set(arnOf(resource), functionAt(read(resource, aliasSchema).FunctionName, resource));
  }

  const tables = ofType('AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable').map((resource): TableModel => {
    const properties = read(resource, tableSchema);
    const { hashKey, rangeKey } = keysOf(properties.KeySchema, whereIs(resource));
    const ttl = properties.TimeToLiveSpecification;
    return {
      name: nameOf(resource),
      arn: arnOf(resource),
      hashKey,
      ...(rangeKey === undefined ? {} : { rangeKey }),
      attributeTypes: Object.fromEntries(
        properties.AttributeDefinitions.map((a): [string, KeyType] => [a.AttributeName, a.AttributeType]),
      ),
      indexes: (properties.GlobalSecondaryIndexes ?? []).map((index) => ({
        name: index.IndexName,
        ...keysOf(index.KeySchema, `${whereIs(resource)}/${index.IndexName}`),
        projection: { type: index.Projection.ProjectionType, attributes: index.Projection.NonKeyAttributes ?? [] },
      })),
      ...(properties.StreamSpecification === undefined
        ? {}
        : { streamView: properties.StreamSpecification.StreamViewType }),
      ...(ttl?.Enabled === true && ttl.AttributeName !== undefined ? { ttlAttribute: ttl.AttributeName } : {}),
    };
  });

  const queues = ofType('AWS::SQS::Queue').map((resource): QueueModel => {
    const { RedrivePolicy } = read(resource, queueSchema);
    return {
      name: nameOf(resource),
      arn: arnOf(resource),
      url: resolver.identityOf(resource).ref,
      ...(RedrivePolicy === undefined
        ? {}
        : {
            redrive: {
              deadLetterQueue: queueAt(RedrivePolicy.deadLetterTargetArn, resource),
              maxReceiveCount: RedrivePolicy.maxReceiveCount,
            },
          }),
    };
  });

  const buses = new Map(ofType('AWS::Events::EventBus').map((resource) => [arnOf(resource), nameOf(resource)]));
  const rules: RuleModel[] = [];
  const schedules: ScheduleModel[] = [];
  for (const resource of ofType('AWS::Events::Rule')) {
    const rule = read(resource, ruleSchema);
    const where = whereIs(resource);
    if (rule.ScheduleExpression !== undefined) {
      for (const { Arn, Input, Id } of rule.Targets) {
        schedules.push({
          name: `${nameOf(resource)}/${Id}`,
          arn: arnOf(resource),
          everyMs: rateMs(rule.ScheduleExpression, where),
          functionName: functionAt(Arn, resource),
          patient: patient.has(functionAt(Arn, resource)),
          ...(Input === undefined ? {} : { input: JSON.parse(Input) as unknown }),
        });
      }
      continue;
    }
    const bus = rule.EventBusName === undefined ? undefined : (buses.get(rule.EventBusName) ?? rule.EventBusName);
    if (bus === undefined || ![...buses.values()].includes(bus)) {
      throw new WiringError(`${where}: a rule belongs to a bus of these stacks, or has a schedule`);
    }
    const targets = rule.Targets.map(({ Arn, InputPath, Input }): RuleTarget => {
      if (Input !== undefined) throw new WiringError(`${where}: a fixed Input is known locally for schedules only`);
      const inputPath = pathOf(InputPath ?? '$', where);
      const at = target(
        Arn,
        resource,
        'AWS::SQS::Queue',
        'AWS::KinesisFirehose::DeliveryStream',
        'AWS::Lambda::Alias',
        'AWS::Lambda::Function',
      );
      if (at.type === 'AWS::SQS::Queue') return { kind: 'queue', queue: nameOf(at), inputPath };
      if (at.type === 'AWS::Lambda::Alias' || at.type === 'AWS::Lambda::Function') {
        return { kind: 'function', functionName: functionAt(Arn, resource), inputPath };
      }
      return { kind: 'lake', deliveryStream: nameOf(at), inputPath };
    });
    rules.push({
      name: nameOf(resource),
      arn: arnOf(resource),
      bus,
      matches: compilePattern(rule.EventPattern, where),
      targets,
    });
  }

  const archives = ofType('AWS::Events::Archive').map((resource): ArchiveModel => {
    const { SourceArn, EventPattern } = read(resource, archiveSchema);
    const bus = buses.get(SourceArn);
    const where = whereIs(resource);
    if (bus === undefined) throw new WiringError(`${where}: an archive belongs to a bus of these stacks`);
    const matches = EventPattern === undefined ? () => true : compilePattern(EventPattern, where);
    const name = nameOf(resource);
    return { name, arn: arnOf(resource), bus, busArn: SourceArn, matches };
  });

  const queueMappings: QueueMapping[] = [];
  const streamMappings: StreamMapping[] = [];
  for (const resource of ofType('AWS::Lambda::EventSourceMapping')) {
    const mapping = read(resource, mappingSchema);
    const functionName = functionAt(mapping.FunctionName, resource);
    const reportsItemFailures = mapping.FunctionResponseTypes.length > 0;
    const source = target(
      mapping.EventSourceArn,
      resource,
      'AWS::SQS::Queue',
      'AWS::DynamoDB::Table',
      'AWS::DynamoDB::GlobalTable',
    );
    const matches = recordFilter(mapping.FilterCriteria?.Filters ?? [], `${whereIs(resource)}.FilterCriteria`);
    if (source.type === 'AWS::SQS::Queue') {
      if (mapping.FilterCriteria !== undefined) {
        throw new WiringError(`${whereIs(resource)}: a filter would delete messages of the queue unread`);
      }
      queueMappings.push({
        queue: nameOf(source),
        functionName,
        batchSize: mapping.BatchSize ?? 10,
        maxConcurrency: mapping.ScalingConfig?.MaximumConcurrency ?? DEFAULT_CONCURRENCY,
        reportsItemFailures,
      });
      continue;
    }
    const retries = mapping.MaximumRetryAttempts ?? -1;
    const failure = mapping.DestinationConfig?.OnFailure.Destination;
    streamMappings.push({
      table: nameOf(source),
      functionName,
      batchSize: mapping.BatchSize ?? 100,
      bisectOnError: mapping.BisectBatchOnFunctionError,
      reportsItemFailures,
      maxRetryAttempts: retries < 0 ? Number.POSITIVE_INFINITY : retries,
      ...(failure === undefined ? {} : { failureQueue: queueAt(failure, resource) }),
      matches,
    });
  }

  for (const resource of ofType('AWS::ApiGatewayV2::Api')) read(resource, apiSchema);
  const integrations = new Map(
    ofType('AWS::ApiGatewayV2::Integration').map((resource) => {
      const uri = read(resource, integrationSchema).IntegrationUri;
      // The URI is either the function's ARN or the invocation address that contains it.
      const arn = /functions\/(arn:[^/]+)\/invocations$/.exec(uri)?.[1] ?? uri;
      return [resolver.identityOf(resource).ref, functionAt(arn, resource)];
    }),
  );
  const authorizers = new Map(
    ofType('AWS::ApiGatewayV2::Authorizer').map((resource): [string, AuthorizerModel] => {
      const { Audience, Issuer } = read(resource, authorizerSchema).JwtConfiguration;
      return [resolver.identityOf(resource).ref, { issuer: Issuer, audience: Audience }];
    }),
  );
  const buckets = ofType('AWS::S3::Bucket').map(
    (resource): BucketModel => ({ name: nameOf(resource), arn: arnOf(resource) }),
  );
  const deliveryStreams = ofType('AWS::KinesisFirehose::DeliveryStream').map((resource): DeliveryStreamModel => {
    const { ExtendedS3DestinationConfiguration: to } = read(resource, deliveryStreamSchema);
    const bucket = nameOf(target(to.BucketARN, resource, 'AWS::S3::Bucket'));
    const processors = to.ProcessingConfiguration?.Processors ?? [];
    const through = processors
      .filter(({ Type }) => Type === 'Lambda')
      .flatMap(({ Parameters }) => Parameters)
      .filter(({ ParameterName }) => ParameterName === 'LambdaArn')
      .map(({ ParameterValue }) => functionAt(ParameterValue, resource));
    return { name: nameOf(resource), bucket, folder: to.Prefix, through };
  });
  const alarms = ofType('AWS::CloudWatch::Alarm').map((resource) => {
    try {
      return readAlarm(resolver.resolve(resource.properties, resource.stack));
    } catch (error) {
      throw new WiringError(`${whereIs(resource)}: ${error instanceof Error ? error.message : String(error)}`);
    }
  });
  const routes = ofType('AWS::ApiGatewayV2::Route').map((resource): RouteModel => {
    const route = read(resource, routeSchema);
    const functionName = integrations.get(route.Target.replace(/^integrations\//, ''));
    if (functionName === undefined) throw new WiringError(`${whereIs(resource)}: ${route.Target} is no integration`);
    const authorizer = route.AuthorizationType === 'JWT' ? authorizers.get(route.AuthorizerId ?? '') : undefined;
    if (route.AuthorizationType === 'JWT' && authorizer === undefined) {
      throw new WiringError(`${whereIs(resource)}: a JWT route names its authorizer`);
    }
    return {
      routeKey: route.RouteKey,
      functionName,
      scopes: route.AuthorizationScopes,
      ...(authorizer === undefined ? {} : { authorizer }),
    };
  });

  return {
    ...surroundings,
    tables,
    queues,
    buses: [...buses.values()],
    deliveryStreams,
    alarms,
    buckets,
    functions,
    rules,
    archives,
    schedules,
    queueMappings,
    streamMappings,
    routes,
  };
}

function keysOf(
  schema: readonly { AttributeName: string; KeyType: 'HASH' | 'RANGE' }[],
  where: string,
): { hashKey: string; rangeKey?: string } {
  const hashKey = schema.find(({ KeyType }) => KeyType === 'HASH')?.AttributeName;
  const rangeKey = schema.find(({ KeyType }) => KeyType === 'RANGE')?.AttributeName;
  if (hashKey === undefined) throw new WiringError(`${where}: a table has a hash key`);
  return rangeKey === undefined ? { hashKey } : { hashKey, rangeKey };
}

const unitMs: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** Milliseconds of a schedule expression; `rate(...)` is the only kind the stacks use. */
function rateMs(expression: string, where: string): number {
  const [, count = '', unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  const ms = Number(count) * (unitMs[unit] ?? 0);
  if (ms === 0) throw new WiringError(`${where}: the schedule ${expression} is not known locally`);
  return ms;
}

/** The field names of a JSON path; `$` and plain fields are what an `InputPath` may use. */
function pathOf(path: string, where: string): string[] {
  if (!/^\$(\.[A-Za-z0-9_-]+)*$/.test(path))
    throw new WiringError(`${where}: the InputPath ${path} is not known locally`);
  return path.split('.').slice(1);
}

/** A record passes where one of the filters lets it through, and where there are none. */
function recordFilter(filters: readonly { Pattern: string }[], where: string): EventMatcher {
  const matchers = filters.map(({ Pattern }) => compilePattern(JSON.parse(Pattern) as unknown, where));
  return (record) => matchers.length === 0 || matchers.some((matches) => matches(record));
}
