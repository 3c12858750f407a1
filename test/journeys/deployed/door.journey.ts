import { expect } from 'vitest';
import { member, profile, registered } from './loyalty-facts.ts';
import type { Journey } from './shop.ts';

/** Who may come in, and how far. */
export const door: Journey = {
  name: 'the door: health for everyone, nothing without a token, a member sees itself and nobody else',
  async walk(shop) {
    const path = `/v1/members/${member(shop)}`;
    expect(await shop.ask('GET', '/v1/health', { token: null })).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect(await shop.ask('GET', path, { token: null })).toMatchObject({ status: 401 });
    expect(await shop.ask('GET', path, { token: 'eyJhbGciOiJub25lIn0.e30.' })).toMatchObject({ status: 401 });

    await shop.send(registered(shop, 1));
    await shop.eventually(
      () => profile(shop),
      (it) => expect(it).toMatchObject({ memberId: member(shop) }),
    );
    const own = await shop.token({ scope: 'member', member: member(shop) });
    const other = await shop.token({ scope: 'member', member: shop.id('bob') });
    const reader = await shop.token({ scope: 'members:read' });
    expect(await shop.ask('GET', path, { token: own })).toMatchObject({ status: 200 });
    expect([403, 404]).toContain((await shop.ask('GET', path, { token: other })).status);
    expect(await shop.ask('POST', '/v1/events', { token: reader, body: [] })).toMatchObject({ status: 403 });
    expect(await shop.get('/v1/nothing-here')).toMatchObject({ status: 404, body: { code: 'not_found' } });
  },
};
