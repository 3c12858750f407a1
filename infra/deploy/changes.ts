/** What a deployment would change, told by the templates alone: what is deployed now, and what is about to be. */
import type { Resource, Template } from '../stacks/template.ts';

export type Change = {
  stack: string;
  id: string;
  type: string;
  what: 'adds' | 'changes' | 'removes';
  /** `access`: who may do what. `data`: what holds data changes or goes. `rest`: anything else, new code above all. */
  concerns: 'access' | 'data' | 'rest';
};

/** What decides who may do what: any change of one of these is shown to a person first. */
const accessTypes =
  /^AWS::(IAM::.+|ApiGatewayV2::(Authorizer|Route)|Lambda::(Permission|Url)|WAFv2::.+|(SQS::Queue|S3::Bucket|SNS::Topic|Events::EventBus)Policy)$/;

/** What holds data, or what data cannot be read without. */
const dataTypes: ReadonlySet<string> = new Set([
  'AWS::DynamoDB::Table',
  'AWS::Events::Archive',
  'AWS::Events::EventBus',
  'AWS::KMS::Key',
  'AWS::S3::Bucket',
]);

/**
 * The changes of one stack, in the order of the templates.
 * @param before what is deployed; undefined where nothing is
 */
export function changesOf(stack: string, before: Template | undefined, after: Template): Change[] {
  const old = before?.Resources ?? {};
  const gone = Object.entries(old).filter(([id]) => after.Resources[id] === undefined);
  return [
    ...Object.entries(after.Resources).flatMap(([id, resource]): Change[] => {
      const earlier = old[id];
      if (earlier === undefined) return [changeOf(stack, id, resource, 'adds')];
      return isSame(earlier, resource) ? [] : [changeOf(stack, id, resource, 'changes')];
    }),
    ...gone.map(([id, resource]) => changeOf(stack, id, resource, 'removes')),
  ];
}

/** The changes that a person has to approve: of access, and of what holds data. */
export function toApprove(changes: readonly Change[]): Change[] {
  return changes.filter(({ concerns }) => concerns !== 'rest');
}

/** `adds 3 AWS::IAM::Role`, one line for each kind of change. */
export function summaryOf(changes: readonly Change[]): string[] {
  const counts = new Map<string, number>();
  for (const { what, type, concerns } of changes) {
    const line = `${what} # ${type}${concerns === 'rest' ? '' : ` (${concerns})`}`;
    counts.set(line, (counts.get(line) ?? 0) + 1);
  }
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([line, count]) => line.replace('#', String(count)));
}

function changeOf(stack: string, id: string, { Type: type }: Resource, what: Change['what']): Change {
  return { stack, id, type, what, concerns: concernOf(type, what) };
}

function concernOf(type: string, what: Change['what']): Change['concerns'] {
  // What is new holds no data yet; what changes may be replaced, and CloudFormation says so only once it is at it.
  if (dataTypes.has(type)) return what === 'adds' ? 'rest' : 'data';
  return accessTypes.test(type) ? 'access' : 'rest';
}

function isSame(a: Resource, b: Resource): boolean {
  return JSON.stringify(partsOf(a)) === JSON.stringify(partsOf(b));
}

/** What of a resource reaches AWS; metadata is for readers of the template. */
function partsOf({ Type, Properties, DeletionPolicy, UpdateReplacePolicy }: Resource): unknown {
  return inOrder([Type, Properties, DeletionPolicy, UpdateReplacePolicy]);
}

/** The same value with the keys of its objects in order: a service may hand a template back in another one. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, part]) => [key, inOrder(part)]),
  );
}
