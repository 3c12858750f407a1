/** The account that a stage is deployed into: whose it is, whether it is prepared, and which stacks stand there. */
import {
  CloudFormationClient,
  DescribeStacksCommand,
  GetTemplateCommand,
  paginateDescribeStacks,
  paginateListStackResources,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import { GetParameterCommand, ParameterNotFound, SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient, STSServiceException } from '@aws-sdk/client-sts';
import { firstLine, UsageError } from '../commands/usage-error.ts';
import { type StageName, tagsOf } from '../config.ts';
import type { Template } from '../stacks/template.ts';

export type Account = { id: string; region: string };

/** A stack as it stands in the account. */
export type StandingStack = {
  name: string;
  status: string;
  tags: Readonly<Record<string, string>>;
  outputs: Readonly<Record<string, string>>;
  protected: boolean;
};

/** An endpoint that never answers is told within seconds, not after the SDK's usual patience. */
const ATTEMPTS = 2;

/**
 * Whose credentials these are, asked of AWS itself.
 * @throws UsageError where there are none, no region is set, or AWS does not accept them
 */
export async function readAccount(): Promise<Account> {
  const sts = new STSClient({ maxAttempts: ATTEMPTS });
  try {
    await sts.config.credentials().catch((error: unknown) => {
      throw new UsageError(`No AWS credentials were found (${firstLine(error)}): log in, or set AWS_PROFILE.`);
    });
    const region = await sts.config.region().catch(() => {
      throw new UsageError('No AWS region is set: set AWS_REGION, or a region in the profile that AWS_PROFILE names.');
    });
    const { Account: id } = await sts.send(new GetCallerIdentityCommand({})).catch((error: unknown) => {
      if (error instanceof STSServiceException) {
        throw new UsageError(`AWS does not accept these credentials (${firstLine(error)}): log in again.`);
      }
      throw new UsageError(`AWS does not answer in ${region} (${firstLine(error)}).`);
    });
    if (id === undefined) throw new UsageError('AWS names no account for these credentials.');
    return { id, region };
  } finally {
    sts.destroy();
  }
}

/** The version of the CDK's bootstrap stack, by the parameter it keeps that in; undefined where it is missing. */
export async function bootstrapVersion(parameter: string): Promise<number | undefined> {
  const ssm = new SSMClient({ maxAttempts: ATTEMPTS });
  try {
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: parameter }));
    return Number(Parameter?.Value);
  } catch (error) {
    if (error instanceof ParameterNotFound) return undefined;
    throw error;
  } finally {
    ssm.destroy();
  }
}

/** The stacks of the account, as far as a deployment needs to know them. */
export class Stacks {
  readonly #client = new CloudFormationClient({});

  /** The stack of that name; undefined where there is none. */
  async find(name: string): Promise<StandingStack | undefined> {
    try {
      const { Stacks: found = [] } = await this.#client.send(new DescribeStacksCommand({ StackName: name }));
      return found[0] && standing(found[0]);
    } catch (error) {
      if (error instanceof Error && /does not exist/.test(error.message)) return undefined;
      throw error;
    }
  }

  /** The stacks that carry a stage's tags, whatever they are called. */
  async ofStage(stage: StageName): Promise<StandingStack[]> {
    const found: StandingStack[] = [];
    for await (const { Stacks: page = [] } of paginateDescribeStacks({ client: this.#client }, {})) {
      found.push(...page.map(standing).filter((stack) => isOfStage(stack, stage)));
    }
    return found;
  }

  /** The template that a stack was deployed with; undefined where it has never been. */
  async templateOf(name: string): Promise<Template | undefined> {
    const stack = await this.find(name);
    if (stack === undefined || stack.status === 'REVIEW_IN_PROGRESS') return undefined;
    const { TemplateBody } = await this.#client.send(
      new GetTemplateCommand({ StackName: name, TemplateStage: 'Original' }),
    );
    return TemplateBody === undefined ? undefined : (JSON.parse(TemplateBody) as Template);
  }

  /** The buckets of a stack that go with it, by the names they have in the account. */
  async bucketsOf(name: string, template: Template | undefined): Promise<string[]> {
    const goes = (id: string): boolean => (template?.Resources[id]?.DeletionPolicy ?? 'Delete') === 'Delete';
    const found: string[] = [];
    for await (const page of paginateListStackResources({ client: this.#client }, { StackName: name })) {
      for (const { ResourceType, LogicalResourceId = '', PhysicalResourceId } of page.StackResourceSummaries ?? []) {
        if (ResourceType !== 'AWS::S3::Bucket' || PhysicalResourceId === undefined) continue;
        if (goes(LogicalResourceId)) found.push(PhysicalResourceId);
      }
    }
    return found;
  }

  /** The client, for whoever changes stacks. */
  get client(): CloudFormationClient {
    return this.#client;
  }

  close(): void {
    this.#client.destroy();
  }
}

/** Why a stage must not be deployed over a stack that stands there; undefined where it may. */
export function refusalOf(stack: StandingStack, stage: StageName): string | undefined {
  const { name, status, tags } = stack;
  if (!isOfStage(stack, stage)) {
    const owner = tags.application === undefined ? 'no application' : `application=${tags.application}`;
    return `The stack ${name} is not ours: it carries ${owner}, stage=${tags.stage ?? 'none'}. Rename or delete it, or deploy into another account or region.`;
  }
  if (status.endsWith('_IN_PROGRESS') && status !== 'REVIEW_IN_PROGRESS') {
    return `The stack ${name} is being changed right now (${status}): wait until that has ended.`;
  }
  return undefined;
}

export function isOfStage({ tags }: Pick<StandingStack, 'tags'>, stage: StageName): boolean {
  return Object.entries(tagsOf(stage)).every(([key, value]) => tags[key] === value);
}

function standing({
  StackName,
  StackStatus,
  Tags = [],
  Outputs = [],
  EnableTerminationProtection,
}: Stack): StandingStack {
  return {
    name: StackName ?? '',
    status: StackStatus ?? '',
    tags: Object.fromEntries(Tags.map(({ Key, Value }) => [Key ?? '', Value ?? ''])),
    outputs: Object.fromEntries(Outputs.map(({ OutputKey, OutputValue }) => [OutputKey ?? '', OutputValue ?? ''])),
    protected: EnableTerminationProtection === true,
  };
}
