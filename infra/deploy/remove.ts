/**
 * Takes a stage away. What can be made again goes first, in the reverse order of deployment. A stage that retains keeps its
 * stateful stack as it stands, so that the next deployment finds every table and object where it was; any other loses it too.
 */
import {
  DeleteStackCommand,
  UpdateTerminationProtectionCommand,
  waitUntilStackDeleteComplete,
} from '@aws-sdk/client-cloudformation';
import { DeleteObjectsCommand, ListObjectVersionsCommand, S3Client } from '@aws-sdk/client-s3';
import type { StageName } from '../config.ts';
import type { Template } from '../stacks/template.ts';
import type { Stacks, StandingStack } from './account.ts';

export type Removal = {
  /** In the order in which they go. */
  goes: StandingStack[];
  stays: StandingStack[];
};

/** How often it is looked whether a stack is gone, and for how long. */
const LOOK_SECONDS = 5;
const WAIT_SECONDS = 3_600;

/**
 * What of a stage would go and what would stay.
 * @param standing the stacks that carry the stage's tags
 * @param deployed the names of the stage's stacks in the order of deployment, the stateful one first
 * @param retains whether the stage keeps its data
 */
export function planRemoval(
  standing: readonly StandingStack[],
  deployed: readonly string[],
  retains: boolean,
): Removal {
  // A stack that the app no longer knows was deployed after something it imports from, so it goes first.
  const rank = ({ name }: StandingStack): number =>
    deployed.includes(name) ? deployed.indexOf(name) : deployed.length;
  const inReverse = standing.toSorted((a, b) => rank(b) - rank(a));
  const stays = inReverse.filter(({ name }) => retains && name === deployed[0]);
  return { goes: inReverse.filter((stack) => !stays.includes(stack)), stays };
}

/** Deletes the stacks that go, one after the other, and tells each. @throws where CloudFormation could not delete one */
export async function remove({ goes }: Removal, stacks: Stacks, tell: (line: string) => void): Promise<void> {
  for (const { name, protected: isProtected } of goes) {
    const template = await stacks.templateOf(name);
    await emptyBuckets(await stacks.bucketsOf(name, template), tell);
    if (isProtected) {
      const StackName = name;
      await stacks.client.send(
        new UpdateTerminationProtectionCommand({ StackName, EnableTerminationProtection: false }),
      );
    }
    tell(`${name}: deleting`);
    await stacks.client.send(new DeleteStackCommand({ StackName: name }));
    await waitUntilStackDeleteComplete(
      { client: stacks.client, minDelay: LOOK_SECONDS, maxDelay: 6 * LOOK_SECONDS, maxWaitTime: WAIT_SECONDS },
      { StackName: name },
    );
    tell(`${name}: deleted`);
  }
}

/** CloudFormation deletes no bucket that holds anything, and a versioned one holds what was deleted from it too. */
async function emptyBuckets(buckets: readonly string[], tell: (line: string) => void): Promise<void> {
  if (buckets.length === 0) return;
  const client = new S3Client({});
  try {
    for (const Bucket of buckets) {
      let objects = 0;
      for (;;) {
        const { Versions = [], DeleteMarkers = [] } = await client.send(new ListObjectVersionsCommand({ Bucket }));
        const found = [...Versions, ...DeleteMarkers].map(({ Key = '', VersionId }) => ({
          Key,
          ...(VersionId === undefined ? {} : { VersionId }),
        }));
        if (found.length === 0) break;
        const { Errors = [] } = await client.send(
          new DeleteObjectsCommand({ Bucket, Delete: { Objects: found, Quiet: true } }),
        );
        if (Errors[0] !== undefined) throw new Error(`${Bucket}: ${Errors[0].Key}: ${Errors[0].Message}`);
        objects += found.length;
      }
      tell(`${Bucket}: emptied of ${objects} object versions`);
    }
  } finally {
    client.destroy();
  }
}

/** The commands that end what a retaining stage keeps, for somebody who means it. */
export function howToEndForGood(stage: StageName, { stays }: Removal, templates: readonly Template[]): string[] {
  const [stateful] = stays;
  if (stateful === undefined) return [];
  const named = (type: string, property: string): string[] =>
    templates
      .flatMap(({ Resources }) => Object.values(Resources))
      .filter(({ Type }) => Type === type)
      .map(({ Properties }) => Properties?.[property])
      .filter((name) => typeof name === 'string');
  const tables = named('AWS::DynamoDB::Table', 'TableName');
  const archives = named('AWS::Events::Archive', 'ArchiveName');
  const buses = named('AWS::Events::EventBus', 'Name');
  const { name } = stateful;
  return [
    `The data of ${stage} is still there, in the stack ${name}. This ends it for good, and nothing brings it back:`,
    `  aws cloudformation list-stack-resources --stack-name ${name}   # note the buckets and the key`,
    `  aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name ${name}`,
    `  aws cloudformation delete-stack --stack-name ${name}   # lets go of what holds data, and keeps it`,
    ...tables.flatMap((table) => [
      `  aws dynamodb update-table --no-deletion-protection-enabled --table-name ${table}`,
      `  aws dynamodb delete-table --table-name ${table}`,
    ]),
    ...archives.map((archive) => `  aws events delete-archive --archive-name ${archive}`),
    ...buses.map((bus) => `  aws events delete-event-bus --name ${bus}`),
    '  aws s3 rm --recursive s3://BUCKET && aws s3 rb s3://BUCKET   # each bucket; old versions go with a lifecycle rule or the console',
    '  aws kms schedule-key-deletion --key-id KEY --pending-window-in-days 30   # and what it encrypted can never be read again',
  ];
}
