import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { firstLine, UsageError } from '../commands/usage-error.ts';
import { nameOf, type StageName } from '../config.ts';
import { backendOf, type RepairBackend } from './backend.ts';

/**
 * A deployed stage, by the credentials and the region that the SDK finds; `AWS_ENDPOINT_URL` is respected.
 * @throws UsageError without credentials or a region, or where the stage is not deployed there
 */
export async function openDeployedBackend(stage: StageName): Promise<RepairBackend> {
  const backend = backendOf({ name: `stage ${stage}`, stage, local: false, nowMs: async () => Date.now() });
  const { dynamo } = backend;
  let region: string;
  try {
    region = await dynamo.config.region();
  } catch {
    throw new UsageError('No AWS region is set: set AWS_REGION, or a region in the profile that AWS_PROFILE names.');
  }
  try {
    await dynamo.config.credentials();
  } catch (error) {
    throw new UsageError(`No AWS credentials were found (${firstLine(error)}): log in, or set AWS_PROFILE.`);
  }
  try {
    await dynamo.send(new DescribeTableCommand({ TableName: backend.table('inbox') }));
  } catch (error) {
    const unknown = error instanceof Error && error.name === 'ResourceNotFoundException';
    throw new UsageError(
      unknown
        ? `There is no stage ${stage} in ${region}: the table ${nameOf(stage, 'inbox')} is not there.`
        : `The stage ${stage} cannot be reached in ${region}: ${firstLine(error)}`,
    );
  }
  return backend;
}
