import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { always, type Policies, type PolicySource, type PolicyVersion } from '../../policy/policies.ts';
import { currentPolicy, type Policy } from '../../policy/policy.ts';
import type { PolicyDocument } from '../../policy/policy-schema.ts';
import { batchGet } from './batch-get.ts';
import { profileKeys } from './keys.ts';
import { readRecord } from './profile-records.ts';

/** A version as the head lists it, the oldest first; null is the beginning of time, which JSON has no number for. */
export type ListedVersion = { fromMs: number | null; stamp: string };

/** The item that says which policies the shop has had. Its version counts the times that one was put. */
export type PolicyHead = { version: number; versions: ListedVersion[] };

const RELEASE_POLICY: Policies = always(currentPolicy);

/**
 * The shop's policies from the Profile table. Where none was ever put, it is the release's own. The head is read,
 * consistently, every time; a version never changes, so it is read once in the life of a process. What is kept is
 * what the present head lists, and its stamps are compared, so a table that was emptied leaves nothing behind.
 */
export function policyStore(client: DynamoDBClient, table: string): PolicySource {
  let known: { listed: readonly ListedVersion[]; policies: Policies } = { listed: [], policies: RELEASE_POLICY };
  return {
    async load() {
      const [item] = await batchGet(client, table, [profileKeys.policyHead], { consistent: true });
      const listed = readRecord<PolicyHead>(item)?.versions ?? [];
      if (same(listed, known.listed)) return known.policies;
      const [first, ...later] = await loadVersions(client, table, listed, known);
      known = { listed, policies: first === undefined ? RELEASE_POLICY : [first, ...later] };
      return known.policies;
    },
  };
}

async function loadVersions(
  client: DynamoDBClient,
  table: string,
  listed: readonly ListedVersion[],
  known: { listed: readonly ListedVersion[]; policies: Policies },
): Promise<PolicyVersion[]> {
  const firstNew = listed.findIndex((version, index) => !same([version], known.listed.slice(index, index + 1)));
  const from = firstNew < 0 ? listed.length : firstNew;
  const missing = listed.slice(from);
  const keys = missing.map((_, index) => profileKeys.policyVersion(from + index + 1));
  const items = await batchGet(client, table, keys, { consistent: true });
  const bySk = new Map(items.map((item) => [item.sk?.S, item]));
  const read = missing.map(({ fromMs, stamp }, index): PolicyVersion => {
    const record = readRecord<{ document: PolicyDocument }>(bySk.get(keys[index]?.sk));
    if (record === undefined) throw new Error(`Version ${from + index + 1} of the policy is listed and not there.`);
    return { fromMs: fromMs ?? Number.NEGATIVE_INFINITY, policy: policyOf(record.document, stamp) };
  });
  return [...known.policies.slice(0, from), ...read];
}

/** A document that was put before the schema had all its sections is completed with those of the release. */
function policyOf(document: PolicyDocument, stamp: string): Policy {
  return { ...currentPolicy, ...document, stamp };
}

function same(a: readonly ListedVersion[], b: readonly ListedVersion[]): boolean {
  return a.length === b.length && a.every(({ fromMs, stamp }, i) => fromMs === b[i]?.fromMs && stamp === b[i]?.stamp);
}
