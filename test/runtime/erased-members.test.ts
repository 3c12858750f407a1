import { expect, it } from 'vitest';
import { asksForMembers, refuseErased } from '../../shared/runtime/erased-members.ts';
import { type HttpDependencies, httpHandler } from '../../shared/runtime/http-handler.ts';
import type { Access, Caller, Route } from '../../shared/runtime/route.ts';

const route = (access: Access, path: string, more: Partial<Route<never>> = {}) =>
  ({
    method: 'GET',
    path,
    summary: '',
    access,
    answers: {},
    problems: [],
    handle: async () => ({ status: 200, body: {} }),
    ...more,
  }) as Route<never>;
const own = route({ kind: 'member', scopes: ['members:read'], memberParameter: 'id' }, '/v1/members/{id}/ledger');
const desk = route({ kind: 'service', scopes: ['desk'] }, '/v1/members/{id}/adjustments');
const named = route({ kind: 'member', scopes: ['desk'], memberField: 'memberId' }, '/v1/quotes');
const owned = route({ kind: 'owner', scopes: ['desk'] }, '/v1/complaints/{id}');
const erasing = route({ kind: 'member', scopes: ['admin'], memberParameter: 'id' }, '/v1/members/{id}', {
  admitsErased: true,
});
const shop = route({ kind: 'public' }, '/v1/products/{id}/related');

const ann: Caller = { kind: 'member', memberId: 'ann' };
const service: Caller = { kind: 'service', scopes: ['desk'] };

/** Ann has been erased, and Bob has not; the codes of refusals, and whom was asked for. */
async function ask(asked: Route<never>, caller: Caller, path: object, body?: object): Promise<[string, string[]]> {
  const looked: string[] = [];
  const erasedMembers = async (memberId: string) => {
    looked.push(memberId);
    return memberId === 'ann';
  };
  const refusal = refuseErased(asked, { caller, path, body }, erasedMembers).then(
    () => 'admitted',
    (error: { code: string }) => error.code,
  );
  return [await refusal, looked];
}

it.each([
  ['a member by their own token', own, ann, { id: 'ann' }, undefined, 'unauthorized'],
  ['a member by a service', own, service, { id: 'ann' }, undefined, 'not_found'],
  ['a member by the desk', desk, service, { id: 'ann' }, undefined, 'not_found'],
  ['a member in the body', named, service, {}, { memberId: 'ann' }, 'not_found'],
  ['a member in the body, by their own token', named, ann, {}, { memberId: 'ann' }, 'unauthorized'],
  ["a record of whoever's, by a member's own token", owned, ann, { id: 'cmp-1' }, undefined, 'unauthorized'],
  [
    'what a member has to say for the last time, by their own token',
    erasing,
    ann,
    { id: 'ann' },
    undefined,
    'unauthorized',
  ],
] as const)('%s is refused once the member is erased', async (_, asked, caller, path, body, code) => {
  expect(await ask(asked, caller, path, body)).toEqual([code, ['ann']]);
});

it.each([
  ['another member', own, service, { id: 'bob' }, undefined, ['bob']],
  ['the receipt, by an admin', erasing, service, { id: 'ann' }, undefined, []],
  ['nobody in the body', named, service, {}, {}, []],
  ['a record, by a service', owned, service, { id: 'cmp-1' }, undefined, []],
  ['what is nobody’s', shop, { kind: 'anonymous' }, { id: 'ann' }, undefined, []],
] as const)('%s is let through', async (_, asked, caller, path, body, looked) => {
  expect(await ask(asked, caller, path, body)).toEqual(['admitted', looked]);
});

it('a function with routes for members does not start in Lambda without knowing who has been erased', () => {
  expect([own, desk, named, owned, shop].map(asksForMembers)).toEqual([true, true, true, true, false]);
  const rateLimits = { count: async () => {} };
  const load = (loaded: Route<never>, more: HttpDependencies = {}) =>
    httpHandler([loaded as unknown as Route<object>], () => ({ rateLimits, ...more }));
  process.env.AWS_LAMBDA_FUNCTION_NAME = 'rapport-dev-some-http';
  try {
    expect(() => load(own)).toThrow(/erased/);
    expect(() => load(shop)).not.toThrow();
    expect(() => load(own, { erasedMembers: async () => false })).not.toThrow();
  } finally {
    delete process.env.AWS_LAMBDA_FUNCTION_NAME;
  }
});
