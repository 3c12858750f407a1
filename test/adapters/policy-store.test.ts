import { type BatchGetItemCommandInput, DeleteItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { dynamoClient } from '../../shared/adapters/dynamo/client.ts';
import { policyStore } from '../../shared/adapters/dynamo/policy-store.ts';
import { type PolicyVersions, policyVersions } from '../../shared/adapters/dynamo/policy-versions.ts';
import { WriteConflict } from '../../shared/adapters/dynamo/profile-records.ts';
import { decidePutPolicy, type PolicyAudit } from '../../shared/domain/policy/put-policy.ts';
import { always, type Policies, policyAt } from '../../shared/policy/policies.ts';
import { currentPolicy, documentOf, type Policy } from '../../shared/policy/policy.ts';
import { type Dynoxide, LOCAL_CREDENTIALS, LOCAL_REGION, startDynoxide } from '../support/dynoxide.ts';
import { policyOf } from '../support/policies.ts';
import { scanTable } from '../support/profile-table.ts';

let dynoxide: Dynoxide;
let table: string;
let versions: PolicyVersions;

beforeAll(async () => {
  dynoxide = await startDynoxide();
});
afterAll(() => dynoxide.stop());
beforeEach(async () => {
  table = (await dynoxide.createTables()).profile;
  versions = policyVersions(dynoxide.client, table);
});

const fresh = () => policyStore(dynoxide.client, table);
const named = (version: string) => policyOf({ version });
const keys = async () =>
  (await scanTable(dynoxide.endpoint, table)).map(({ pk, sk }) => `${pk?.S} ${sk?.S}`).toSorted();

/** Puts a policy as the route does; what is in force is what was read. */
async function put(policies: Policies, policy: Policy, audit: PolicyAudit): Promise<Policies> {
  const decision = decidePutPolicy(policies, { document: documentOf(policy), ifMatch: '*', ...audit });
  if (decision.kind !== 'write') throw new Error(decision.kind);
  await versions.save(decision.policies, decision.added);
  return decision.policies;
}

describe('the policies of a shop', () => {
  it("are the release's own where none was ever put", async () => {
    expect(await fresh().load()).toEqual(always(currentPolicy));
    expect(await keys()).toEqual([]);
  });

  it('keep what the release said as the first version, so that a later release does not rewrite the past', async () => {
    const written = await put(await fresh().load(), named('two'), { atMs: 1_000 });
    const policies = await fresh().load();
    expect(policies).toEqual(written);
    expect(policies.map(({ fromMs }) => fromMs)).toEqual([Number.NEGATIVE_INFINITY, 1_001]);
    expect(policyAt(policies, 1_000)).toEqual(currentPolicy);
    expect(policyAt(policies, 1_001)).toEqual(named('two'));
    expect(await keys()).toEqual(['SHOP#POLICY HEAD', 'SHOP#POLICY V#000001', 'SHOP#POLICY V#000002']);
  });

  it('say of each version who put it, when and why', async () => {
    const two = await put(await fresh().load(), named('two'), { atMs: 1_000, by: 'ops', reason: 'Spring' });
    await put(two, named('three'), { atMs: 900 });
    expect((await fresh().load()).map(({ fromMs }) => fromMs)).toEqual([Number.NEGATIVE_INFINITY, 1_001, 1_002]);
    expect(await versions.loadAudits([3, 2, 1, 9])).toEqual(
      new Map([
        [3, { atMs: 900 }],
        [2, { atMs: 1_000, by: 'ops', reason: 'Spring' }],
        [1, { atMs: 1_000, reason: expect.stringContaining('release') }],
      ]),
    );
  });
});

describe('a store that is open', () => {
  it('sees a change at once', async () => {
    const store = fresh();
    const one = await store.load();
    const two = await put(one, named('two'), { atMs: 1 });
    expect(await store.load()).toEqual(two);
    const three = await put(two, named('three'), { atMs: 2 });
    expect(await store.load()).toEqual(three);
  });

  it('reads the head every time, consistently, and a version once', async () => {
    const { client, asked } = watched();
    const store = policyStore(client, table);
    const two = await put(await store.load(), named('two'), { atMs: 1 });
    await store.load();
    await put(two, named('three'), { atMs: 2 });
    const loaded = await store.load();
    expect(await store.load()).toBe(loaded);
    expect(asked).toEqual(['HEAD', 'HEAD', 'V#000001 V#000002', 'HEAD', 'V#000003', 'HEAD']);
  });

  it('keeps nothing of a table that has been emptied and filled anew', async () => {
    const store = fresh();
    await put(await store.load(), named('two'), { atMs: 1 });
    await store.load();
    await empty();
    expect(await store.load()).toEqual(always(currentPolicy));
    const other = await put(await store.load(), named('other'), { atMs: 1 });
    expect(await store.load()).toEqual(other);
  });

  it('says which version is listed and not there', async () => {
    await put(await fresh().load(), named('two'), { atMs: 1 });
    await versions.save([...(await fresh().load()), { fromMs: 9, policy: named('three') }], []);
    await expect(fresh().load()).rejects.toThrow('Version 3 of the policy is listed and not there');
  });
});

describe('two who put at once', () => {
  it.each([1, 2])('are one who wins and one who decides anew, over %i versions', async (before) => {
    let policies = await fresh().load();
    if (before === 2) policies = await put(policies, named('two'), { atMs: 1 });
    const outcomes = await Promise.allSettled([
      put(policies, named('ann'), { atMs: 5 }),
      put(policies, named('bob'), { atMs: 5 }),
    ]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const lost = outcomes.find(({ status }) => status === 'rejected') as PromiseRejectedResult;
    expect(lost.reason).toBeInstanceOf(WriteConflict);
    expect((await fresh().load()).length).toBe(before + 1);
  });
});

/** A client that notes which sort keys each read asks for. */
function watched(): { client: DynamoDBClient; asked: string[] } {
  const client = dynamoClient({
    endpoint: dynoxide.endpoint,
    region: LOCAL_REGION,
    credentials: LOCAL_CREDENTIALS,
  });
  const asked: string[] = [];
  client.middlewareStack.add(
    (next) => async (args) => {
      const { RequestItems = {} } = args.input as BatchGetItemCommandInput;
      const [request] = Object.values(RequestItems);
      expect(request?.ConsistentRead).toBe(true);
      asked.push((request?.Keys ?? []).map(({ sk }) => sk?.S).join(' '));
      return next(args);
    },
    { step: 'initialize', name: 'watch' },
  );
  return { client, asked };
}

async function empty(): Promise<void> {
  for (const { pk, sk } of await scanTable(dynoxide.endpoint, table)) {
    await dynoxide.client.send(new DeleteItemCommand({ TableName: table, Key: { pk: pk!, sk: sk! } }));
  }
}
