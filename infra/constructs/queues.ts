import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type DeadLetterQueue, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Duration, Validations } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { nameOf, type StageConfig } from '../config.ts';

/** A queue under our key that answers over TLS only. */
function queue(
  scope: Construct,
  id: string,
  {
    config,
    key,
    name,
    ...rest
  }: {
    config: StageConfig;
    key: IKey;
    name: string;
    retentionPeriod: Duration;
    visibilityTimeout?: Duration;
    deadLetterQueue?: DeadLetterQueue;
  },
): Queue {
  return new Queue(scope, id, {
    queueName: nameOf(config.stage, name),
    encryption: QueueEncryption.KMS,
    encryptionMasterKey: key,
    dataKeyReuse: Duration.minutes(config.reaction.dataKeyReuseMinutes),
    enforceSSL: true,
    ...rest,
  });
}

/** Where a reaction's queue leaves what nobody could handle, until a person has looked. */
export function deadLetterQueue(scope: Construct, id: string, config: StageConfig, key: IKey, name: string): Queue {
  return queue(scope, id, {
    config,
    key,
    name,
    retentionPeriod: Duration.days(config.reaction.deadLetterRetentionDays),
  });
}

/** The dead-letter queue of something that is no queue: a rule's target, a stream, the bus. */
export function undeliveredQueue(scope: Construct, id: string, config: StageConfig, key: IKey, name: string): Queue {
  const undelivered = deadLetterQueue(scope, id, config, key, name);
  Validations.of(undelivered.node.defaultChild ?? undelivered).acknowledge({
    id: 'AwsSolutions-SQS3',
    reason: 'This queue is itself where undeliverable messages end; a queue behind it would only hide them once more.',
  });
  return undelivered;
}

/** A reaction's inbox: long enough invisible that a slow run is not overtaken by its own redelivery. */
export function reactionQueue(
  scope: Construct,
  id: string,
  config: StageConfig,
  key: IKey,
  name: string,
  dead: Queue,
): Queue {
  const { timeoutSeconds, visibilityFactor, batchWindowSeconds, maxReceiveCount, retentionDays } = config.reaction;
  return queue(scope, id, {
    config,
    key,
    name,
    retentionPeriod: Duration.days(retentionDays),
    visibilityTimeout: Duration.seconds(timeoutSeconds * visibilityFactor + batchWindowSeconds),
    deadLetterQueue: { queue: dead, maxReceiveCount },
  });
}
