import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { JWK } from 'jose';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { allRoutes, type NamedRoute } from '../../docs/routes.ts';
import { createRuntime, type Runtime } from '../../infra/local/runtime.ts';
import { PROBLEMS } from '../../shared/runtime/errors.ts';
import type { Scope } from '../../shared/runtime/route.ts';
import { type Forger, openForger } from '../support/forged-tokens.ts';
import type { Happening } from '../support/order-histories.ts';
import { validInput } from '../support/schema-arbitrary.ts';
import { openStorefront } from '../support/storefront.ts';
import { type TableCall, watchTableCalls } from '../support/table-calls.ts';

/**
 * Every route there is, asked with every kind of token through the real gateway. Routes are read from the code, so that a new one is in the matrix as soon
 * as it exists; what each may be asked with follows from its access rule alone.
 */
const routes = await allRoutes();
const SCOPES: readonly Scope[] = ['events:write', 'members:read', 'members:write', 'reputation:read', 'desk', 'admin'];

/**
 * Routes that any member's token may call, because only the record says whose it is: they may look at that one record and at nothing else, and say that
 * there is nothing.
 */
const OWNED = ['GET /v1/complaints/{id}', 'POST /v1/complaints/{id}/appeal', 'POST /v1/complaints/{id}/rating'];

/** Whose a route is in the matrix: ann's; what takes a member away takes another one. */
const memberOf = ({ method }: Pick<NamedRoute, 'method'>): string => (method === 'DELETE' ? 'dan' : 'ann');

const keyOf = ({ method, path }: Pick<NamedRoute, 'method' | 'path'>): string => `${method} ${path}`;

let directory: string;
let runtime: Runtime;
let forger: Forger;
const watch = watchTableCalls();
const asked = { cells: 0, refused: 0, right: 0 };

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'rapport-matrix-'));
  runtime = await createRuntime({ dataDirectory: directory, virtualClock: true });
  const authorizer = runtime.wiring.routes.find((route) => route.authorizer !== undefined)?.authorizer;
  forger = await openForger(JSON.parse(readFileSync(join(directory, 'issuer.json'), 'utf8')) as JWK, authorizer!);
  const storefront = await openStorefront(runtime);
  const shopped = ['ann', 'bob', 'dan'].flatMap((memberId, index) => [
    { type: 'member.registered.v1', id: `r-${memberId}`, time: '2026-01-01T00:00:00Z', data: { memberId } },
    {
      type: 'order.placed.v1',
      id: `o-${memberId}`,
      time: '2026-01-02T00:00:00Z',
      data: {
        orderId: `ord-${index + 1}`,
        memberId,
        currency: 'EUR',
        lines: [{ lineId: '1', productId: 'teapot', quantity: 1, unitPrice: 5_000 }],
      },
    },
  ]);
  const complaint = { complaintId: 'cmp-1', memberId: 'ann', orderId: 'ord-1', category: 'quality' };
  const opened = { type: 'complaint.opened.v1', id: 'c-1', time: '2026-01-05T00:00:00Z', data: complaint };
  const sent = await storefront.send(...([...shopped, opened] as unknown as Happening[]));
  expect(sent).toMatchObject({ status: 202, body: { rejected: [] } });
  await runtime.settle();
}, 120_000);

afterAll(async () => {
  await runtime.stop();
  watch.stop();
  rmSync(directory, { recursive: true });
  process.stdout.write(
    `Authorisation matrix: ${routes.length} routes, ${asked.cells} cells; ${asked.refused} refused without a read of member data, ${asked.right} let in.\n`,
  );
});

/** What stands for a member, a complaint and so on in an address; all of them are ann's. */
const PLACES: Readonly<Record<string, string>> = { orderId: 'ord-1', day: '2026-01-02', anonymousId: 'visitor-1' };

function addressOf({ path, method }: NamedRoute): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => {
    if (PLACES[name] !== undefined) return PLACES[name];
    if (path.startsWith('/v1/members/')) return name === 'id' ? memberOf({ method }) : 'x-1';
    if (path.startsWith('/v1/orders/')) return 'ord-1';
    return path.startsWith('/v1/complaints/') ? 'cmp-1' : 'teapot';
  });
}

/** A body that the route's own schema takes, ann's where it names a member; the same in every run. */
function bodyOf({ access, bodySchema, rawBody }: NamedRoute): string | undefined {
  if (rawBody !== undefined) return '[]';
  if (bodySchema === undefined) return undefined;
  const [made] = fc.sample(validInput(bodySchema), { seed: 1, numRuns: 1 });
  const named = access.kind === 'member' && 'memberField' in access ? { [access.memberField]: 'ann' } : {};
  return JSON.stringify({ ...(made as object), ...named });
}

type Answered = { status: number; body: Record<string, unknown>; calls: TableCall[]; text: string };

async function ask(route: NamedRoute, token: string | undefined): Promise<Answered> {
  const before = watch.all.length;
  const body = bodyOf(route);
  const mediaType = route.rawBody?.mediaTypes[0] ?? 'application/json';
  const answer = await fetch(`${runtime.url}${addressOf(route)}`, {
    method: route.method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': mediaType }),
    },
    ...(body === undefined ? {} : { body }),
  });
  const text = await answer.text();
  asked.cells += 1;
  return {
    status: answer.status,
    body: JSON.parse(text) as Record<string, unknown>,
    text,
    calls: watch.all.slice(before).filter((call) => !isOfNobody(call)),
  };
}

/** Whether a request to the tables touches nothing of any member: the counters of rate limits, and the shop's policies. */
function isOfNobody({ tables, partitions }: TableCall): boolean {
  if (tables.every((table) => table.endsWith('-limits'))) return true;
  return partitions.length > 0 && partitions.every((partition) => partition === 'SHOP#POLICY');
}

function expectRefusal(answered: Answered, statuses: readonly number[]): void {
  expect(statuses).toContain(answered.status);
  expect(answered.body).toMatchObject({ status: answered.status, code: expect.any(String), title: expect.any(String) });
  expect(Object.keys(PROBLEMS)).toContain(answered.body.code);
  expect(answered.calls).toEqual([]);
  asked.refused += 1;
}

const tokenRoutes = routes.filter(({ access }) => access.kind !== 'public');
const scopesOf = ({ access }: NamedRoute): readonly Scope[] => (access.kind === 'public' ? [] : access.scopes);
/** The claims that would do. */
const goodClaims = (route: NamedRoute) => ({ scope: scopesOf(route)[0] ?? 'member', sub: 'service' });

describe('the gateway', () => {
  it('has every route of the code, and the code has every route of the gateway', () => {
    const wired = runtime.wiring.routes.map(({ routeKey }) => routeKey).filter((key) => key !== '$default');
    expect(wired.toSorted()).toEqual(routes.map(keyOf).toSorted());
  });

  it('asks for a token on every route that is not public, and on no other', () => {
    const asking = runtime.wiring.routes.filter(({ authorizer }) => authorizer !== undefined);
    expect(asking.map(({ routeKey }) => routeKey).toSorted()).toEqual(tokenRoutes.map(keyOf).toSorted());
  });

  it('leads to routes of which those that any member may call are the ones listed here', () => {
    expect(
      routes
        .filter(({ access }) => access.kind === 'owner')
        .map(keyOf)
        .toSorted(),
    ).toEqual(OWNED.toSorted());
  });
});

describe.each(tokenRoutes.map((route) => [keyOf(route), route] as const))('%s', (key, route) => {
  it('answers nobody without a token', async () => {
    expectRefusal(await ask(route, undefined), [401]);
  });

  it('answers no token that the issuer has not signed for this shop and this hour', async () => {
    for (const [, forge] of Object.entries(forger.wrong)) {
      expectRefusal(await ask(route, await forge(goodClaims(route))), [401]);
      expectRefusal(await ask(route, await forge({ scope: 'member', sub: memberOf(route) })), [401]);
    }
  });

  it('answers no service without one of its scopes', async () => {
    const others = SCOPES.filter((scope) => !scopesOf(route).includes(scope));
    expect(others.length).toBeGreaterThan(0);
    for (const scope of ['', 'none', ...others, others.join(' '), scopesOf(route).join('')]) {
      if (scopesOf(route).includes(scope as Scope)) continue;
      expectRefusal(await ask(route, await forger.right({ scope, sub: 'service' })), [403]);
    }
  });

  it("answers no member who asks for another, or for what is no member's, whatever else the token claims", async () => {
    for (const scope of ['member', `member ${SCOPES.join(' ')}`]) {
      const answered = await ask(route, await forger.right({ scope, sub: 'bob' }));
      if (!OWNED.includes(key)) {
        expectRefusal(answered, [403]);
        continue;
      }
      // Whose it is only the record says: it is read, and the mark of members who have been erased; then there is nothing.
      expect(answered.status).toBe(404);
      expect(answered.text).not.toContain('ann');
      expect(answered.calls.every(({ reads }) => reads)).toBe(true);
      const read = new Set(answered.calls.flatMap(({ partitions }) => partitions));
      expect([...read].filter((partition) => !['COMPLAINT#cmp-1', 'ERASED#bob'].includes(partition))).toEqual([]);
      asked.refused += 1;
    }
  });

  it('answers each token that may', async () => {
    // A member who may be taken away comes first, while there still is one.
    if (route.access.kind === 'member') {
      const { status } = await ask(route, await forger.right({ scope: 'member', sub: memberOf(route) }));
      expect([401, 403].includes(status) || status >= 500).toBe(false);
      asked.right += 1;
    }
    for (const scope of scopesOf(route)) {
      const { status } = await ask(route, await forger.right({ scope, sub: 'service' }));
      expect({ scope, refused: [401, 403].includes(status) || status >= 500 }).toEqual({ scope, refused: false });
      asked.right += 1;
    }
    // What came of it is done before the next is asked.
    await runtime.settle();
  });
});

test.each(routes.filter(({ access }) => access.kind === 'public').map((route) => [keyOf(route), route] as const))(
  '%s answers everybody the same, with a token or without, and reads nothing of a member',
  async (_key, route) => {
    const open = await ask(route, undefined);
    expect([200, 404]).toContain(open.status);
    const forged = await ask(route, await forger.wrong['a token of another key']!({ scope: 'admin', sub: 'ann' }));
    expect(forged.status).toBe(open.status);
    const partitions = [...open.calls, ...forged.calls].flatMap((call) => call.partitions);
    expect(partitions.filter((it) => /^(MEMBER|REVIEWER|ORDER|VISITOR)#/.test(it))).toEqual([]);
    asked.right += 2;
  },
);
