/** The resources of a stage that are watched, found in its stacks as they are built, each by the name it is deployed with. */
import { CfnTable } from 'aws-cdk-lib/aws-dynamodb';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { CfnDeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';
import { CfnEventSourceMapping, CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { type CfnResource, type Stack, Token } from 'aws-cdk-lib/core';
import { nameOf, type StageConfig } from '../config.ts';

export type WatchedFunction = { of: string; name: string; timeoutSeconds: number; readsStream: boolean };
/** `reaction`: messages wait here to be handled; `dead`: they wait for a person. */
export type WatchedQueue = { of: string; name: string; role: 'reaction' | 'dead' };
/** `undelivered`: the queue of what could not be delivered, where the rule has one of its own. */
export type WatchedRule = { of: string; name: string; clock: boolean; undelivered?: string };
export type WatchedTable = { of: string; name: string; indexes: readonly string[] };
export type WatchedDelivery = { of: string; name: string };

export type Watched = {
  functions: readonly WatchedFunction[];
  queues: readonly WatchedQueue[];
  rules: readonly WatchedRule[];
  tables: readonly WatchedTable[];
  deliveries: readonly WatchedDelivery[];
};

const UNDELIVERED = '-undelivered';

/**
 * @throws Error for a resource without a name of its own: it could not be told from others, neither in an alarm nor by
 * whoever is woken by it
 */
export function watchedIn(stacks: readonly Stack[], { stage }: StageConfig): Watched {
  const all = stacks.flatMap((stack) => stack.node.findAll());
  const prefix = nameOf(stage, '');
  const named = (resource: CfnResource, name: string | undefined): { of: string; name: string } => {
    if (name === undefined || Token.isUnresolved(name) || !name.startsWith(prefix)) {
      throw new Error(`${resource.node.path} has no name of the form ${prefix}..., so nobody can watch it.`);
    }
    return { of: name.slice(prefix.length), name };
  };
  const ofType = <Type extends CfnResource>(type: abstract new (...args: never[]) => Type): Type[] =>
    all.filter((it): it is Type => it instanceof type);

  const queueNames = new Set(ofType(CfnQueue).map((it) => it.queueName));
  const ownUndelivered = (rule: string): string | undefined => {
    const name = `${rule}${UNDELIVERED}`;
    return queueNames.has(name) ? name : undefined;
  };
  const rules = ofType(CfnRule).map((it): WatchedRule => {
    const { of, name } = named(it, it.name);
    const undelivered = ownUndelivered(name);
    return {
      of,
      name,
      clock: it.scheduleExpression !== undefined,
      ...(undelivered === undefined ? {} : { undelivered }),
    };
  });
  const ofRules = new Set(rules.map(({ undelivered }) => undelivered));
  const followers = new Set(
    ofType(CfnEventSourceMapping)
      .filter(({ startingPosition }) => startingPosition !== undefined)
      .map(functionBehind),
  );
  return {
    functions: ofType(CfnFunction).map((it) => ({
      ...named(it, it.functionName),
      timeoutSeconds: it.timeout ?? 3,
      readsStream: followers.has(it),
    })),
    queues: ofType(CfnQueue)
      .filter(({ queueName }) => !ofRules.has(queueName))
      .map((it) => ({
        ...named(it, it.queueName),
        role: it.redrivePolicy === undefined ? ('dead' as const) : ('reaction' as const),
      })),
    rules,
    tables: ofType(CfnTable).map((it) => ({ ...named(it, it.tableName), indexes: indexNamesOf(it) })),
    deliveries: ofType(CfnDeliveryStream).map((it) => named(it, it.deliveryStreamName)),
  };
}

/** The function that a mapping feeds: the only one of the nearest construct around it that has any. */
function functionBehind(mapping: CfnEventSourceMapping): CfnFunction {
  for (const scope of mapping.node.scopes.toReversed()) {
    const [only, ...more] = scope.node.findAll().filter((it) => it instanceof CfnFunction);
    if (only !== undefined && more.length === 0) return only;
    if (more.length > 0) break;
  }
  throw new Error(`${mapping.node.path} stands beside no function of its own.`);
}

function indexNamesOf(table: CfnTable): string[] {
  // The list is written when the template is, and left out where it is empty.
  const indexes: unknown = table.stack.resolve(table.globalSecondaryIndexes);
  return ((indexes ?? []) as { indexName: string }[]).map(({ indexName }) => indexName);
}
