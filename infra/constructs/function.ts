import { PolicyDocument, type PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  ApplicationLogLevel,
  Architecture,
  type CfnEventSourceMapping,
  type CfnFunction,
  Code,
  type EventSourceMappingOptions,
  type IFunction,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
} from 'aws-cdk-lib/aws-lambda';
import { Duration, Size, Stack, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { type FunctionSize, idOf, nameOf, releaseVersion } from '../config.ts';
import {
  onBucket,
  onBus,
  onLogs,
  onManagedRecommender,
  onPseudonymKey,
  onQueryEngine,
  onTable,
  onVaultKey,
} from './access.ts';
import { bundled } from './bundle.ts';
import type { Surroundings } from './foundation.ts';
import { importedName } from './imported-name.ts';
import { logGroup } from './logs.ts';
import { Rollout, type Starter, versionOptions } from './rollout.ts';
import type { Binding, FunctionSpec } from './wiring.ts';

/** Stands in for a function's code where nothing is bundled. It is never run: the local runtime goes by the metadata. */
const placeholder = 'exports.handler = async () => { throw new Error("This template was written without code."); };';

/**
 * One function: its code, a log group of its own, and a role of its own that may do what the function's bindings
 * list and nothing else. A binding is variable and grant in one, so neither can be forgotten. Whatever starts it goes to `live`, the
 * alias of the version that is rolled out; `fn` itself is nobody's to call.
 *
 * The metadata of the resource, `rapport:entry` and `rapport:name`, lead from the template back to the source. `rapport:patient` says
 * that it works through much at once, so that a clock which runs ahead need not start it for every day that passes.
 */
export class BoundFunction extends Construct {
  readonly fn: LambdaFunction;
  readonly live: IFunction;

  constructor(
    scope: Construct,
    surroundings: Surroundings,
    { name, entry, binds, nativePackages = [] }: FunctionSpec,
    size: FunctionSize & { diskMb?: number },
    startedBy: Starter,
    extra: { environment?: Record<string, string>; statements?: PolicyStatement[] } = {},
  ) {
    super(scope, idOf(name));
    const { config, bundle } = surroundings;
    const logs = logGroup(this, 'Logs', config, name);
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `What ${name} may do.`,
      inlinePolicies: {
        bindings: new PolicyDocument({
          minimize: true,
          statements: [
            onLogs(logs),
            ...binds.flatMap((binding) => statementsOf(surroundings, binding, Stack.of(this))),
            ...(extra.statements ?? []),
          ],
        }),
      },
    });
    for (const { bucket, folder } of binds.filter((binding) => binding.kind === 'bucket')) {
      Validations.of(role).acknowledge({
        id: `AwsSolutions-IAM5[Resource::${importedName(surroundings.foundation.buckets[bucket])}/${folder}/*]`,
        reason: `Objects are named when they are written, so the grant can only name their folder, ${folder}/.`,
      });
    }
    this.fn = new LambdaFunction(this, 'Function', {
      functionName: nameOf(config.stage, name),
      description: entry,
      runtime: Runtime.NODEJS_24_X,
      // Native code is laid beside a bundle as it is installed where the templates are written, which is on x64.
      architecture: nativePackages.length > 0 ? Architecture.X86_64 : Architecture.ARM_64,
      handler: 'index.handler',
      code: bundle ? bundled(entry, nativePackages) : Code.fromInline(placeholder),
      memorySize: size.memoryMb,
      ...(size.diskMb === undefined ? {} : { ephemeralStorageSize: Size.mebibytes(size.diskMb) }),
      timeout: Duration.seconds(size.timeoutSeconds),
      environment: {
        ...Object.assign({}, ...binds.map((binding) => variablesOf(surroundings, binding))),
        ...extra.environment,
      },
      role,
      logGroup: logs,
      loggingFormat: LoggingFormat.JSON,
      applicationLogLevelV2: ApplicationLogLevel[config.logs.application],
      systemLogLevelV2: SystemLogLevel[config.logs.system],
      currentVersionOptions: versionOptions(config),
    });
    const { timeoutSeconds } = size;
    this.live = new Rollout(this, surroundings, { name, fn: this.fn, timeoutSeconds, startedBy }).live as IFunction;
    const resource = this.fn.node.defaultChild as CfnFunction;
    resource.addMetadata('rapport:name', name);
    resource.addMetadata('rapport:entry', entry);
    if (size.diskMb !== undefined) resource.addMetadata('rapport:patient', true);
  }

  /** Has what is live handed the batches of a queue or of a stream. */
  reads(options: EventSourceMappingOptions): void {
    const mapping = this.live.addEventSourceMapping('Mapping', options);
    // The alias as it is, and not its ARN taken apart and put together again.
    (mapping.node.defaultChild as CfnEventSourceMapping).functionName = this.live.functionArn;
  }
}

/** What the function is told of a binding, by the names of its environment variables. */
function variablesOf({ config, foundation }: Surroundings, binding: Binding): Record<string, string> {
  switch (binding.kind) {
    case 'table':
      return { [binding.variable]: foundation.tables[binding.table].tableName };
    case 'bucket':
      return { [binding.variable]: foundation.buckets[binding.bucket].bucketName };
    case 'managed-recommender':
      return config.recommender === undefined ? {} : { PERSONALIZE_CAMPAIGN_ARN: config.recommender.campaignArn };
    case 'query-engine':
      return config.athena === undefined
        ? {}
        : { ATHENA_WORK_GROUP: config.athena.workGroup, ATHENA_DATABASE: config.athena.database };
    case 'vault-key':
      return { VAULT_KEY_ID: foundation.key.keyArn };
    case 'pseudonym-key':
      return { PSEUDONYM_KEY_ID: foundation.pseudonymKey.keyArn };
    case 'stage':
      return { [binding.variable]: config.stage };
    case 'bus':
      return { [binding.variable]: foundation.bus.eventBusName };
    case 'release':
      return { [binding.variable]: releaseVersion() };
  }
}

function statementsOf({ config, foundation }: Surroundings, binding: Binding, scope: Stack): PolicyStatement[] {
  switch (binding.kind) {
    case 'table':
      return onTable(foundation, binding);
    case 'bucket':
      return onBucket(foundation, binding);
    case 'managed-recommender':
      return onManagedRecommender(config);
    case 'query-engine':
      return onQueryEngine(config, scope);
    case 'vault-key':
      return [onVaultKey(foundation, binding)];
    case 'pseudonym-key':
      return [onPseudonymKey(foundation)];
    case 'bus':
      return [onBus(foundation.bus)];
    case 'stage':
    case 'release':
      return [];
  }
}
