import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { Subscription, SubscriptionProtocol, Topic } from 'aws-cdk-lib/aws-sns';
import { Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { idOf, nameOf, type StageConfig } from '../config.ts';

/** The tail of the topic's name: whoever is to be woken subscribes to `rapport-<stage>-alarms`. */
export const ALARM_TOPIC = 'alarms';

/**
 * Where every alarm of a stage is told, under the stage's key and over TLS alone; nobody but the account's own alarms may
 * publish here. Who hears of them is part of the stage's configuration: an e-mail address confirms by a link that it is sent, an HTTPS
 * endpoint by answering.
 */
export class AlarmTopic extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, config: StageConfig, key: Key) {
    super(scope, id);
    const { account } = Stack.of(this);
    const ofThisAccount = { StringEquals: { 'aws:SourceAccount': account } };
    const alarms = new ServicePrincipal('cloudwatch.amazonaws.com');
    this.topic = new Topic(this, 'Topic', {
      topicName: nameOf(config.stage, ALARM_TOPIC),
      displayName: `Alarms of ${nameOf(config.stage)}`,
      masterKey: key,
      enforceSSL: true,
    });
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsOfThisAccount',
        principals: [alarms],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: ofThisAccount,
      }),
    );
    // CloudWatch itself asks for the key that a message to an encrypted topic is sealed with.
    key.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsPublishToEncryptedTopic',
        principals: [alarms],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        resources: ['*'],
        conditions: ofThisAccount,
      }),
    );
    for (const subscriber of config.watch.subscribers) {
      new Subscription(this, idOf(`to ${subscriber}`), {
        topic: this.topic,
        endpoint: subscriber,
        protocol: protocolOf(subscriber),
      });
    }
  }
}

/** @throws Error for an address that alarms are not sent to: plain HTTP among them. */
function protocolOf(subscriber: string): SubscriptionProtocol {
  if (/^[^@\s/:]+@[^@\s/:]+$/.test(subscriber)) return SubscriptionProtocol.EMAIL;
  if (URL.canParse(subscriber) && new URL(subscriber).protocol === 'https:') return SubscriptionProtocol.HTTPS;
  throw new Error(`Alarms are sent to an e-mail address or an https URL; "${subscriber}" is neither.`);
}
