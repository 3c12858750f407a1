import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { inboxStore } from '../adapters/dynamo/inbox-store.ts';
import { readEnv } from './env.ts';
import { Problem } from './errors.ts';
import type { Caller, Route } from './route.ts';

/** Whether a member has been erased; eventually consistent, for what was theirs is gone either way. */
export type ErasedMembers = (memberId: string) => Promise<boolean>;

/** What an HTTP function knows erased members by, from its environment: half a read unit for a request that names one. */
export function openErasedMembers(client: DynamoDBClient): { erasedMembers: ErasedMembers } {
  const inbox = inboxStore(client, readEnv('INBOX_TABLE').INBOX_TABLE);
  return { erasedMembers: async (memberId) => (await inbox.standingOf([], [memberId])).erased.has(memberId) };
}

const MEMBER_PATH = '/v1/members/{id}';

/** Whether a route is for members' own tokens, or asks for a member by the id. */
export function asksForMembers({ access, path }: Pick<Route<never>, 'access' | 'path'>): boolean {
  return access.kind === 'member' || access.kind === 'owner' || path.startsWith(MEMBER_PATH);
}

/**
 * Refuses what is asked of a member who has been erased: their own tokens are no tokens any more, and to everybody else there is nothing
 * of them. What is no such request is not looked up.
 */
export async function refuseErased(
  route: Route<never>,
  { caller, path, body }: { caller: Caller; path: unknown; body: unknown },
  erasedMembers: ErasedMembers | undefined,
): Promise<void> {
  if (erasedMembers === undefined || !asksForMembers(route)) return;
  const named = caller.kind === 'member' ? caller.memberId : memberNamed(route, path, body);
  if (named === undefined || (route.admitsErased === true && caller.kind !== 'member')) return;
  if (!(await erasedMembers(named))) return;
  if (caller.kind === 'member') throw new Problem('unauthorized', 'The token is of a member who has been erased.');
  throw new Problem('not_found', 'The shop knows no member of this id.');
}

function memberNamed({ access, path: route }: Route<never>, path: unknown, body: unknown): string | undefined {
  const fields = (of: unknown) => (of ?? {}) as Readonly<Record<string, unknown>>;
  const inBody = access.kind === 'member' && 'memberField' in access ? fields(body)[access.memberField] : undefined;
  const inPath = access.kind === 'member' && 'memberParameter' in access ? access.memberParameter : 'id';
  const named = inBody ?? (route.startsWith(MEMBER_PATH) ? fields(path)[inPath] : undefined);
  return typeof named === 'string' ? named : undefined;
}
