import { PolicyDocument, type PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  ApplicationLogLevel,
  Architecture,
  type CfnFunction,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
} from 'aws-cdk-lib/aws-lambda';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { type FunctionSize, idOf, nameOf, releaseVersion } from '../config.ts';
import { onBus, onLogs, onTable } from './access.ts';
import { bundled } from './bundle.ts';
import type { Surroundings } from './foundation.ts';
import { logGroup } from './logs.ts';
import type { Binding, FunctionSpec } from './wiring.ts';

/** Stands in for a function's code where nothing is bundled. It is never run: the local runtime goes by the metadata. */
const placeholder = 'exports.handler = async () => { throw new Error("This template was written without code."); };';

/**
 * One function: its code, a log group of its own, and a role of its own that may do what the function's bindings
 * list and nothing else. A binding is variable and grant in one, so neither can be forgotten.
 *
 * The metadata of the resource, `rapport:entry` and `rapport:name`, lead from the template back to the source.
 */
export class BoundFunction extends Construct {
  readonly fn: LambdaFunction;

  constructor(
    scope: Construct,
    surroundings: Surroundings,
    { name, entry, binds }: FunctionSpec,
    size: FunctionSize,
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
            ...binds.flatMap((binding) => statementsOf(surroundings, binding)),
            ...(extra.statements ?? []),
          ],
        }),
      },
    });
    this.fn = new LambdaFunction(this, 'Function', {
      functionName: nameOf(config.stage, name),
      description: entry,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: bundle ? bundled(entry) : Code.fromInline(placeholder),
      memorySize: size.memoryMb,
      timeout: Duration.seconds(size.timeoutSeconds),
      environment: {
        ...Object.fromEntries(binds.map((binding) => [binding.variable, variableValue(surroundings, binding)])),
        ...extra.environment,
      },
      role,
      logGroup: logs,
      loggingFormat: LoggingFormat.JSON,
      applicationLogLevelV2: ApplicationLogLevel[config.logs.application],
      systemLogLevelV2: SystemLogLevel[config.logs.system],
    });
    const resource = this.fn.node.defaultChild as CfnFunction;
    resource.addMetadata('rapport:name', name);
    resource.addMetadata('rapport:entry', entry);
  }
}

function variableValue({ foundation }: Surroundings, binding: Binding): string {
  switch (binding.kind) {
    case 'table':
      return foundation.tables[binding.table].tableName;
    case 'bus':
      return foundation.bus.eventBusName;
    case 'release':
      return releaseVersion();
  }
}

function statementsOf({ foundation }: Surroundings, binding: Binding): PolicyStatement[] {
  switch (binding.kind) {
    case 'table':
      return onTable(foundation, binding);
    case 'bus':
      return [onBus(foundation.bus)];
    case 'release':
      return [];
  }
}
