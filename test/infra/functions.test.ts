import { describe, expect, test } from 'vitest';
import { at, listOf, property, StageTemplates, statementsOf } from '../../infra/stacks/template.ts';
import { liabilityKeys, profileKeys } from '../../shared/adapters/dynamo/keys.ts';
import { VAULT_PURPOSE } from '../../shared/domain/privacy/vault-purpose.ts';
import { functionsOf, templatesOf } from './stage-templates.ts';

/**
 * What each function is told and what it may do, written down a second time and on purpose: a change of a domain's wiring
 * has to be meant here too. An index is named after its table; `own` and `own dead` are the queues of the function.
 */
type Row = { env: string[]; may: Record<string, string> };

/** What seals and what opens personal facts. */
const sealing = { vault: 'BatchGetItem PutItem', 'vault key': 'Decrypt GenerateDataKey' };
const opening = { vault: 'BatchGetItem', 'vault key': 'Decrypt' };
const keeping = { vault: 'BatchGetItem ConditionCheckItem PutItem', 'vault key': 'Decrypt GenerateDataKey' };
const pseudonyms = { 'pseudonym key': 'GenerateMac' };
const vaultEnv = ['VAULT_KEY_ID', 'VAULT_TABLE'];

const claims = { inbox: 'BatchGetItem PutItem' };
/** Which members have been erased: whoever answers members is told. */
const erasedMembers = { inbox: 'BatchGetItem' };
const queue = { own: 'DeleteMessage GetQueueAttributes ReceiveMessage', 'own dead': 'SendMessage' };
const reactionEnv = ['DEAD_LETTER_QUEUE_URL', 'INBOX_TABLE', 'MAX_RECEIVE_COUNT'];
const ledger: Row = {
  env: [...reactionEnv, 'PROFILE_TABLE'],
  may: {
    profile: 'BatchGetItem GetItem PutItem Query UpdateItem',
    ...claims,
    ...queue,
  },
};
const facts: Row = {
  env: [...reactionEnv, 'PROFILE_TABLE', ...vaultEnv],
  may: { profile: 'BatchGetItem PutItem', ...keeping, ...claims, ...queue },
};
const entries: Row = {
  env: ['CATALOG_TABLE', ...reactionEnv],
  may: { catalog: 'PutItem', ...claims, ...queue },
};

const units = { profile: 'BatchGetItem PutItem UpdateItem' };
const birthdays: Row = {
  env: [...reactionEnv, 'PROFILE_TABLE', 'PSEUDONYM_KEY_ID', ...vaultEnv],
  may: { profile: 'PutItem', ...opening, ...pseudonyms, ...claims, ...queue },
};
const calendar: Row = {
  env: ['PROFILE_TABLE', 'PSEUDONYM_KEY_ID', ...vaultEnv],
  may: { profile: 'BatchGetItem DeleteItem GetItem PutItem Query UpdateItem', ...opening, ...pseudonyms },
};

const reviews: Row = {
  env: [...reactionEnv, 'REPUTATION_TABLE'],
  may: { reputation: 'BatchGetItem PutItem', ...claims, ...queue },
};
const followed = 'DescribeStream GetRecords GetShardIterator ListStreams';
const reputationEnv = ['CATALOG_TABLE', 'PROFILE_TABLE', 'REPUTATION_TABLE'];

const cases: Row = {
  env: [...reactionEnv, 'PROFILE_TABLE', 'REPUTATION_TABLE', ...vaultEnv],
  may: { reputation: 'BatchGetItem PutItem', 'profile policies': 'BatchGetItem', ...keeping, ...claims, ...queue },
};

/** Whoever erases a member reaches all that is kept of anybody, and opens nothing. */
const everything: Row = {
  env: [
    ...['CATALOG_TABLE', 'INBOX_TABLE', 'PROFILE_TABLE', 'PSEUDONYM_KEY_ID', 'RECOMMEND_TABLE', 'REPUTATION_TABLE'],
    'VAULT_TABLE',
  ],
  may: {
    profile: 'BatchGetItem BatchWriteItem DeleteItem GetItem PutItem Query UpdateItem',
    reputation: 'BatchGetItem BatchWriteItem DeleteItem PutItem Query UpdateItem',
    recommend: 'BatchGetItem BatchWriteItem',
    catalog: 'BatchGetItem',
    inbox: 'BatchGetItem BatchWriteItem PutItem Query',
    'inbox/index/attention': 'Query',
    vault: 'BatchGetItem BatchWriteItem PutItem Query',
    'pseudonym key': 'GenerateMac',
  },
};

const histories: Row = {
  env: [...reactionEnv, 'PROFILE_TABLE', 'RECOMMEND_TABLE'],
  may: { recommend: 'BatchGetItem PutItem', 'profile policies': 'BatchGetItem', ...claims, ...queue },
};
const standings: Row = { env: entries.env, may: { catalog: 'BatchGetItem PutItem', ...claims, ...queue } };

/** What every function behind a route is told beside its row, and may do: how much one caller may ask for, and to count it. */
const limited: Row = {
  env: ['ADDRESS_REQUESTS_PER_MINUTE', 'LIMITS_TABLE', 'MEMBER_REQUESTS_PER_MINUTE'],
  may: { limits: 'UpdateItem' },
};

const rows: Record<string, Row> = {
  'intake-unsealed': {
    env: [...reactionEnv, 'BUS_NAME', 'PROFILE_TABLE', ...vaultEnv],
    may: { 'profile policies': 'BatchGetItem', inbox: 'PutItem', bus: 'PutEvents', ...sealing, ...queue },
  },
  'lake-pseudonymise': { env: ['PSEUDONYM_KEY_ID'], may: { 'pseudonym key': 'GenerateMac' } },
  'intake-http': {
    env: ['BUS_NAME', 'INBOX_TABLE', 'PROFILE_TABLE', ...vaultEnv],
    may: {
      ...sealing,
      'profile policies': 'BatchGetItem',
      inbox: 'BatchGetItem PutItem',
      'inbox/index/attention': 'Query',
      bus: 'PutEvents',
    },
  },
  'platform-http': { env: ['RELEASE'], may: {} },
  'privacy-http': { env: [...everything.env, 'VAULT_KEY_ID'], may: { ...everything.may, 'vault key': 'Decrypt' } },
  'privacy-erasures': everything,
  'member-http': {
    env: ['INBOX_TABLE', 'PROFILE_TABLE', ...vaultEnv],
    may: { profile: 'BatchGetItem', ...opening, ...erasedMembers },
  },
  'loyalty-http': {
    env: ['INBOX_TABLE', 'PROFILE_TABLE', ...vaultEnv],
    may: {
      profile: 'BatchGetItem GetItem PutItem Query',
      'profile/index/attention': 'Query',
      ...keeping,
      ...erasedMembers,
    },
  },
  'quote-http': { env: ['INBOX_TABLE', 'PROFILE_TABLE'], may: { profile: 'BatchGetItem', ...erasedMembers } },
  'policy-http': { env: ['PROFILE_TABLE'], may: { 'profile policies': 'BatchGetItem PutItem' } },
  'backtest-http': { env: ['PROFILE_TABLE'], may: { profile: 'BatchGetItem Scan' } },
  'loyalty-order-placed': ledger,
  'loyalty-order-completed': ledger,
  'loyalty-order-cancelled': ledger,
  'loyalty-order-returned': ledger,
  'loyalty-member-identified': ledger,
  'loyalty-member-registered': ledger,
  'loyalty-member-updated': ledger,
  'loyalty-member-checked-in': ledger,
  'loyalty-referral-completed': ledger,
  'loyalty-referral-withdrawn': ledger,
  'loyalty-publisher': {
    env: ['BUS_NAME', 'INBOX_TABLE', 'PROFILE_TABLE'],
    may: {
      bus: 'PutEvents',
      inbox: 'BatchGetItem',
      profile: 'BatchGetItem GetItem PutItem',
      'profile/stream': 'DescribeStream GetRecords GetShardIterator ListStreams',
      'own dead': 'SendMessage',
    },
  },
  'loyalty-due': { env: ['PROFILE_TABLE'], may: { profile: 'BatchGetItem DeleteItem GetItem PutItem Query' } },
  'loyalty-waiting-report': { env: ['PROFILE_TABLE'], may: { 'profile/index/attention': 'Query' } },
  'liability-http': {
    env: ['PROFILE_TABLE'],
    may: { 'profile policies': 'BatchGetItem', 'profile liability': 'GetItem Query' },
  },
  'liability-close-days': {
    env: ['PROFILE_TABLE'],
    may: { profile: 'BatchGetItem GetItem Query Scan', 'profile liability': 'DeleteItem PutItem' },
  },
  'member-registered': facts,
  'member-updated': facts,
  'member-consent-changed': { env: facts.env, may: { ...facts.may, ...opening } },
  'coupon-http': {
    env: ['INBOX_TABLE', 'PROFILE_TABLE', ...vaultEnv],
    may: { ...units, ...keeping, ...erasedMembers },
  },
  'coupon-order-placed': { env: [...reactionEnv, 'PROFILE_TABLE'], may: { ...units, ...claims, ...queue } },
  'coupon-order-cancelled': { env: [...reactionEnv, 'PROFILE_TABLE'], may: { ...units, ...claims, ...queue } },
  'coupon-member-registered': birthdays,
  'coupon-member-updated': birthdays,
  'coupon-birthdays': calendar,
  'coupon-expiries': { env: ['PROFILE_TABLE'], may: { profile: 'BatchGetItem DeleteItem PutItem Query UpdateItem' } },
  'catalog-product-upserted': {
    env: [...entries.env, 'PROFILE_TABLE'],
    may: { ...entries.may, 'profile policies': 'BatchGetItem' },
  },
  'catalog-brand-upserted': entries,
  'review-http': {
    env: ['INBOX_TABLE', 'PROFILE_TABLE', 'REPUTATION_TABLE', ...vaultEnv],
    may: {
      reputation: 'BatchGetItem PutItem Query',
      'reputation/index/attention': 'Query',
      profile: 'BatchGetItem',
      ...keeping,
      ...erasedMembers,
    },
  },
  'review-submitted': {
    env: [...reviews.env, 'PROFILE_TABLE', ...vaultEnv],
    may: { ...reviews.may, ...keeping, 'profile policies': 'BatchGetItem' },
  },
  'review-voted': {
    env: [...reviews.env, 'PROFILE_TABLE'],
    may: { ...claims, ...queue, reputation: 'BatchGetItem UpdateItem', profile: 'BatchGetItem' },
  },
  'review-removed': { env: [...reviews.env, ...vaultEnv], may: { ...reviews.may, ...keeping } },
  'review-train-texts': {
    env: ['REPUTATION_TABLE', ...vaultEnv],
    may: { reputation: 'BatchGetItem PutItem Scan', ...opening },
  },
  'quality-inspection-completed': {
    env: [...reviews.env, 'CATALOG_TABLE'],
    may: { ...reviews.may, reputation: 'BatchGetItem BatchWriteItem PutItem', catalog: 'BatchGetItem' },
  },
  'reputation-http': {
    env: reputationEnv,
    may: { reputation: 'BatchGetItem', catalog: 'BatchGetItem', 'profile policies': 'BatchGetItem' },
  },
  'reputation-fold': {
    env: reputationEnv,
    may: {
      reputation: 'BatchGetItem BatchWriteItem DeleteItem PutItem UpdateItem',
      profile: 'BatchGetItem GetItem Query',
      catalog: 'BatchGetItem',
      'reputation/stream': followed,
      'own dead': 'SendMessage',
    },
  },
  'reputation-publisher': {
    env: ['BUS_NAME', 'INBOX_TABLE', 'REPUTATION_TABLE'],
    may: {
      bus: 'PutEvents',
      inbox: 'BatchGetItem',
      reputation: 'PutItem',
      'reputation/stream': followed,
      'own dead': 'SendMessage',
    },
  },
  'reputation-orders': {
    env: reputationEnv,
    may: {
      reputation: 'BatchGetItem BatchWriteItem PutItem UpdateItem',
      profile: 'BatchGetItem',
      catalog: 'BatchGetItem',
      'profile/stream': followed,
      'own dead': 'SendMessage',
    },
  },
  'reputation-products': {
    env: reputationEnv,
    may: {
      reputation: 'BatchGetItem BatchWriteItem DeleteItem PutItem Query UpdateItem',
      profile: 'BatchGetItem',
      catalog: 'BatchGetItem',
      'catalog/stream': followed,
      'own dead': 'SendMessage',
    },
  },
  'loyalty-review-held': ledger,
  'loyalty-review-published': ledger,
  'loyalty-review-rejected': ledger,
  'complaint-http': {
    env: ['INBOX_TABLE', 'PROFILE_TABLE', 'REPUTATION_TABLE', ...vaultEnv],
    may: {
      ...erasedMembers,
      reputation: 'BatchGetItem PutItem',
      'reputation/index/attention': 'Query',
      'profile policies': 'BatchGetItem',
      ...keeping,
    },
  },
  'complaint-opened': cases,
  'complaint-answered': cases,
  'complaint-decided': cases,
  'complaint-rated': cases,
  'complaint-due': { env: ['REPUTATION_TABLE'], may: { reputation: 'BatchGetItem DeleteItem PutItem Query' } },
  'sanction-http': {
    env: ['PROFILE_TABLE', 'REPUTATION_TABLE', ...vaultEnv],
    may: {
      reputation: 'BatchGetItem PutItem',
      'reputation/index/attention': 'Query',
      'profile policies': 'BatchGetItem',
      ...keeping,
    },
  },
  'sanction-due': { env: ['REPUTATION_TABLE'], may: { reputation: 'BatchGetItem DeleteItem PutItem Query' } },
  'recommend-product-viewed': histories,
  'recommend-product-carted': histories,
  'recommend-product-favourited': histories,
  'recommend-recommendation-shown': histories,
  'recommend-recommendation-clicked': histories,
  'recommend-order-placed': histories,
  'recommend-order-cancelled': histories,
  'recommend-order-returned': histories,
  'recommend-member-identified': histories,
  'recommend-grade-changed': standings,
  'recommend-brand-restricted': standings,
  'recommend-brand-reinstated': standings,
  'recommend-http': {
    env: [
      'CATALOG_TABLE',
      'INBOX_TABLE',
      'MODEL_BUCKET',
      'PROFILE_TABLE',
      'PSEUDONYM_KEY_ID',
      'RECOMMEND_TABLE',
      'STAGE',
    ],
    may: {
      'pseudonym key': 'GenerateMac',
      recommend: 'BatchGetItem ConditionCheckItem PutItem Query UpdateItem',
      'catalog/index/changes': 'Query',
      profile: 'BatchGetItem',
      'models bucket/models/*': 'GetObject',
      ...erasedMembers,
    },
  },
  'recommend-train': {
    env: ['LAKE_BUCKET', 'MODEL_BUCKET', 'PROFILE_TABLE', 'RECOMMEND_TABLE', 'STAGE'],
    may: {
      recommend: 'BatchGetItem ConditionCheckItem DeleteItem PutItem Query UpdateItem',
      'profile policies': 'BatchGetItem',
      'lake bucket': 'ListBucket',
      'lake bucket/events/*': 'GetObject',
      'models bucket/models/*': 'DeleteObject GetObject PutObject',
    },
  },
};

const stage = new StageTemplates(await templatesOf('prod'));
const functions = new Map(functionsOf(stage).map((it) => [it.name, it]));

/** A resource of a grant by the name it has in the table above; anything unforeseen stands out as it is. */
function nameOf(value: unknown, functionName: string): string {
  const join = at(value, 'Fn::Join');
  if (Array.isArray(join)) {
    const [first, ...rest] = join[1] as unknown[];
    return `${nameOf(first, functionName)}${rest.join('')}`;
  }
  const resource = stage.resourceOf(value);
  const name = String(
    property(resource, 'TableName') ?? property(resource, 'QueueName') ?? property(resource, 'LogGroupName') ?? '',
  );
  switch (resource?.Type) {
    case 'AWS::DynamoDB::Table': {
      const streamed = JSON.stringify(value).includes('StreamArn');
      return `${name.replace('rapport-prod-', '')}${streamed ? '/stream' : ''}`;
    }
    case 'AWS::SQS::Queue':
      return name.replace(`rapport-prod-${functionName}`, 'own').replace('-', ' ');
    case 'AWS::Events::EventBus':
      return 'bus';
    case 'AWS::S3::Bucket':
      return property(resource, 'LoggingConfiguration', 'LogFilePrefix') === 'models/'
        ? 'models bucket'
        : 'lake bucket';
    case 'AWS::KMS::Key':
      return property(resource, 'KeySpec') === 'HMAC_256' ? 'pseudonym key' : 'key';
    case 'AWS::Logs::LogGroup':
      return name === `/rapport/prod/${functionName}` ? 'own logs' : name;
    default:
      return JSON.stringify(value);
  }
}

function grantsOf(functionName: string): { resource: string; actions: string[]; condition: unknown }[] {
  const role = stage.resourceOf(property(functions.get(functionName)?.resource, 'Role'));
  return listOf(property(role, 'Policies'))
    .flatMap((policy) => statementsOf(at(policy, 'PolicyDocument')))
    .flatMap(({ Action, Resource, Condition }) =>
      listOf(Resource).map((resource) => ({
        resource: `${forVault(Condition) ? 'vault ' : ''}${nameOf(resource, functionName)}${partitionOf(Condition)}`,
        actions: listOf<string>(Action),
        condition: Condition,
      })),
    );
}

/** Whether a grant of the stage's key is for keys of the vault, and for nothing else. */
function forVault(condition: unknown): boolean {
  return at(condition, 'StringEquals', 'kms:EncryptionContext:purpose') === VAULT_PURPOSE;
}

/** The partition that a grant is for, where it is for one alone. */
function partitionOf(condition: unknown): string {
  const keys = at(condition, 'ForAllValues:StringEquals', 'dynamodb:LeadingKeys');
  if (!Array.isArray(keys) || keys.length !== 1) return '';
  const names = { [profileKeys.policyHead.pk]: ' policies', [liabilityKeys.partition]: ' liability' };
  return names[String(keys[0])] ?? '';
}

test('the table above names every function', () => {
  expect([...functions.keys()].sort()).toEqual(Object.keys(rows).sort());
});

describe.each(Object.entries(rows))('%s', (name, row) => {
  const more: Row = name.endsWith('-http') ? limited : { env: [], may: {} };
  const [env, may] = [[...row.env, ...more.env], { ...row.may, ...more.may }];
  const grants = grantsOf(name);

  test('is told what it is told, and nothing else', () => {
    const variables = property(functions.get(name)?.resource, 'Environment', 'Variables') ?? {};
    expect(Object.keys(variables).sort()).toEqual([...env].sort());
  });

  test('may do what it may do, and nothing else', () => {
    const data = grants.filter(({ resource }) => resource !== 'key' && resource !== 'own logs');
    const found: Record<string, string> = {};
    for (const { resource, actions } of data) {
      found[resource] = [...(found[resource]?.split(' ') ?? []), ...actions.map((action) => action.replace(/^.*:/, ''))]
        .sort()
        .join(' ');
    }
    expect(found).toEqual(may);
  });

  test('writes its own log and makes none', () => {
    const logs = grants.filter(({ resource }) => resource === 'own logs');
    expect(logs.map(({ actions }) => actions)).toEqual([['logs:CreateLogStream', 'logs:PutLogEvents']]);
  });

  test('uses the key through a service or for the vault, never by itself', () => {
    for (const { condition, actions } of grants.filter(({ resource }) => resource === 'key')) {
      expect(JSON.stringify(at(condition, 'StringEquals', 'kms:ViaService'))).toMatch(/"(dynamodb|s3|sqs)\."/);
      expect(actions.every((action) => action.startsWith('kms:') && !action.includes('*'))).toBe(true);
    }
  });
});

/** What of its table's changes each follower is called for; the rest costs nothing. */
const heard: Record<string, unknown[]> = {
  'loyalty-publisher': [changesOf([profileKeys.account('mem-1').sk])],
  'reputation-fold': [
    changesOf(['REVIEW', 'TALLY', 'COMPLAINT', 'INSPECTION', { prefix: 'VOTE#' }]),
    // Only where a write asks for other reviews to be looked at.
    { ...changesOf(['REVIEWER', 'BAND', { prefix: 'WINDOW#' }]), NewImage: { touch: { SS: [{ exists: true }] } } },
  ],
  'reputation-publisher': [changesOf(['REVIEW', 'REVIEWER', 'SCORE', 'COMPLAINT', 'SANCTION'])],
  // Orders that have been completed: nothing is counted of any other.
  'reputation-orders': [
    { ...changesOf(['ORDER']), NewImage: { done: { N: [{ exists: true }] } } },
    changesOf(['REGISTRATION']),
  ],
  'reputation-products': [changesOf(['PRODUCT'])],
};

function changesOf(sortKeys: readonly unknown[]): { Keys: unknown } {
  return { Keys: { sk: { S: sortKeys } } };
}

test('who follows a table is called for what it can use, and for nothing else', () => {
  const names = new Map([...functions].map(([name, { resource }]) => [resource, name]));
  const filters = stage.ofType('AWS::Lambda::EventSourceMapping').flatMap(([, mapping]) => {
    const patterns = listOf<{ Pattern: string }>(property(mapping, 'FilterCriteria', 'Filters'));
    const name = names.get(stage.functionOf(property(mapping, 'FunctionName'))!);
    return patterns.length === 0 ? [] : [[name, patterns.map(({ Pattern }) => at(JSON.parse(Pattern), 'dynamodb'))]];
  });
  expect(Object.fromEntries(filters)).toEqual(heard);
});
