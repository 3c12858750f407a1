import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openSeal, seal, sealingKeys } from '../../../shared/domain/privacy/seal.ts';
import { openLetter, sealLetter } from '../../../shared/domain/privacy/sealed-letter.ts';
import { memoryVault } from '../../support/memory-vault.ts';

const keys = sealingKeys(new Uint8Array(32).fill(7));
const other = sealingKeys(new Uint8Array(32).fill(8));

describe('a seal', () => {
  it('opens with the same key and context, is the same each time, and shows nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (text, context) => {
        const sealed = seal(keys, context, text);
        expect(seal(keys, context, text)).toBe(sealed);
        expect(sealed).toMatch(/^v1\.[A-Za-z0-9_-]+$/);
        expect(openSeal(keys, context, sealed)).toBe(text);
        expect(openSeal(other, context, sealed)).toBeUndefined();
        expect(openSeal(keys, `${context}.`, sealed)).toBeUndefined();
      }),
    );
  });

  it('does not open once a single bit of it has changed', () => {
    const sealed = seal(keys, 'c', 'what Ann wrote');
    const bytes = Buffer.from(sealed.slice(3), 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(openSeal(keys, 'c', `v1.${changed.toString('base64url')}`)).toBeUndefined();
    }
  });

  it.each(['', 'none', 'v1.', 'v1.AAAA', 'v2.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'])('is not %j', (text) => {
    expect(openSeal(keys, 'c', text)).toBeUndefined();
  });

  it('of another text or another event has another nonce', () => {
    const nonces = ['a', 'b'].flatMap((context) => ['x', 'y'].map((text) => seal(keys, context, text).slice(3, 19)));
    expect(new Set(nonces).size).toBe(4);
  });

  it('takes keys of 32 bytes and no others', () => {
    expect(() => sealingKeys(randomBytes(16))).toThrow('32 bytes');
  });
});

describe('a letter that nobody could take in', () => {
  it('still says which event it is, where that is an id', async () => {
    const event = { id: 'evt-1', type: 'order.placed.v1', data: { memberId: 'mem-1' } };
    const sealed = await sealLetter(JSON.stringify(event), memoryVault());
    expect(JSON.parse(sealed ?? '')).toMatchObject({ id: 'evt-1', type: 'order.placed.v1', owner: 'MEMBER#mem-1' });
    const named = await sealLetter(JSON.stringify({ id: 'Ann Lee', type: 5 }), memoryVault());
    expect(Object.keys(JSON.parse(named ?? '') as object)).toEqual(['owner', 'letter']);
  });

  it.each([
    [
      'of a member',
      JSON.stringify({ id: 'evt-1', type: 'x.v1', data: { memberId: 'mem-1', displayName: 'Ann' } }),
      'MEMBER#mem-1',
    ],
    ['of nobody', '{"data": {}}', 'SHOP#DOOR'],
    ['of somebody with an impossible id', '{"data": {"memberId": "ann@shop.example"}}', 'SHOP#DOOR'],
    ['that is no JSON', 'Ann was here', 'SHOP#DOOR'],
    ['that is nothing', 'null', 'SHOP#DOOR'],
  ])('%s is sealed, once, and comes out as it was', async (_, body, owner) => {
    const vault = memoryVault();
    const sealed = (await sealLetter(body, vault)) ?? '';
    expect(JSON.parse(sealed)).toMatchObject({ owner, letter: expect.stringMatching(/^v1\./) });
    expect(sealed).not.toMatch(/Ann|ann@/);
    expect(await sealLetter(sealed, vault)).toBe(sealed);
    expect(await openLetter(sealed, vault)).toBe(body);
    vault.erase(owner);
    expect(await openLetter(sealed, vault)).toBeUndefined();
    expect(await sealLetter(body, vault)).toBeUndefined();
  });
});
