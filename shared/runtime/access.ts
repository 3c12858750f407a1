import { Problem } from './errors.ts';
import type { Access, Caller } from './route.ts';

/** The claims of a token that the API's authorizer has already verified; undefined where there was no token. */
export type Claims = Readonly<Record<string, unknown>> | undefined;

/**
 * The one access check there is. It runs before anything of a route does and throws what the caller is told:
 * `unauthorized` without a token, `forbidden` for a token that may not. A member who asks for another member is told
 * the same whether that member exists or not.
 */
export function checkAccess(access: Access, claims: Claims, path: Readonly<Record<string, string>>): Caller {
  const caller = callerOf(claims);
  if (access.kind === 'public') return caller;
  if (caller.kind === 'anonymous') throw new Problem('unauthorized', 'Send a bearer token.');
  if (caller.kind === 'service') {
    if (access.scopes.some((scope) => caller.scopes.includes(scope))) return caller;
    throw new Problem('forbidden', `This needs one of the scopes: ${access.scopes.join(', ')}.`);
  }
  if (access.kind === 'owner') return caller;
  if (access.kind === 'member') {
    // Which member the body names is checked as soon as it has been read: see `checkBodyAccess`.
    if ('memberField' in access || path[access.memberParameter] === caller.memberId) return caller;
  }
  throw new Problem('forbidden', OTHER_MEMBER);
}

const OTHER_MEMBER = "A member's token reaches that member's own routes and nothing else.";

/** The part of the access check that needs the body: a member's token may name that member and nobody else. */
export function checkBodyAccess(access: Access, caller: Caller, body: unknown): void {
  if (access.kind !== 'member' || !('memberField' in access) || caller.kind !== 'member') return;
  const named = (body as Readonly<Record<string, unknown>> | undefined)?.[access.memberField];
  if (named !== caller.memberId) throw new Problem('forbidden', OTHER_MEMBER);
}

/** A token with the scope `member` is a member's, whatever other scopes it carries: it never reaches further. */
function callerOf(claims: Claims): Caller {
  if (claims === undefined) return { kind: 'anonymous' };
  const scopes = typeof claims.scope === 'string' ? claims.scope.split(' ').filter((it) => it !== '') : [];
  const subject = typeof claims.sub === 'string' && claims.sub !== '' ? claims.sub : undefined;
  if (!scopes.includes('member')) return { kind: 'service', scopes, subject };
  if (subject === undefined) throw new Problem('unauthorized', 'The token does not say which member it is of.');
  return { kind: 'member', memberId: subject };
}
