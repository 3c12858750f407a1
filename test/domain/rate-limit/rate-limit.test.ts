import { describe, expect, it, test } from 'vitest';
import { countedName, networkOf } from '../../../shared/domain/rate-limit/counted-name.ts';
import { blockOf, decide, granted, noPermits, used } from '../../../shared/domain/rate-limit/permits.ts';
import { saltHourOf, secondsToNextWindow, windowOf } from '../../../shared/domain/rate-limit/window.ts';

describe('a window', () => {
  const at = (time: string) => Date.parse(`2026-01-05T${time}Z`);

  it('is a minute of the clock, and tells when the next one begins', () => {
    expect(windowOf(at('10:00:59.999'))).toBe(at('10:00:00'));
    expect(windowOf(at('10:01:00'))).toBe(at('10:01:00'));
    expect(secondsToNextWindow(at('10:00:00'))).toBe(60);
    expect(secondsToNextWindow(at('10:00:59.999'))).toBe(1);
    expect(secondsToNextWindow(at('10:00:30.500'))).toBe(30);
  });

  it('has one salt', () => {
    expect(saltHourOf(at('10:59:59.999'))).toBe(at('10:00:00'));
    expect(saltHourOf(windowOf(at('11:00:00')))).toBe(at('11:00:00'));
  });
});

describe('permits', () => {
  it('are taken before the first request, used one by one, and refused where there are none', () => {
    const none = noPermits(0);
    expect(decide(none)).toBe('take_more');
    const two = granted(none, 2);
    expect(decide(two)).toBe('pass');
    expect(decide(used(used(two)))).toBe('take_more');
    expect(decide(granted(used(used(two)), 0))).toBe('refuse');
    // What is left is used up, also when there is no more to be had.
    expect(decide(granted(used(two), 0))).toBe('pass');
  });

  it('come in blocks that grow with what is asked for, up to a tenth of the limit', () => {
    const blocks = [];
    let permits = noPermits(0);
    for (let count = 0; count < 6; count += 1) {
      const block = blockOf(permits, 300);
      blocks.push(block);
      permits = granted(permits, block);
    }
    expect(blocks).toEqual([5, 5, 10, 20, 30, 30]);
    expect([1, 5, 60, 61].map((limit) => blockOf(noPermits(0), limit))).toEqual([1, 1, 1, 2]);
  });
});

describe('the name that a caller is counted under', () => {
  const [salt, another] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];

  it('shows nothing of the caller, and is another one with another salt', () => {
    const name = countedName({ kind: 'address', id: '203.0.113.9' }, salt);
    expect(name).toMatch(/^[\w-]{22}$/);
    expect(countedName({ kind: 'address', id: '203.0.113.9' }, salt)).toBe(name);
    expect(countedName({ kind: 'address', id: '203.0.113.9' }, another)).not.toBe(name);
    expect(countedName({ kind: 'address', id: '203.0.113.10' }, salt)).not.toBe(name);
    // A member may be called as an address is.
    expect(countedName({ kind: 'member', id: '203.0.113.9' }, salt)).not.toBe(name);
  });

  const networks: [address: string, network: string][] = [
    ['203.0.113.9', '203.0.113.9'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['0:0:0:0:0:FFFF:203.0.113.9', '203.0.113.9'],
    ['2001:db8:1:2:aaaa::1', '2001:db8:1:2'],
    ['2001:0DB8:0001:0002:bbbb:cccc:dddd:eeee', '2001:db8:1:2'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
    ['', ''],
    ['not an address', 'not an address'],
  ];
  test.each(networks)('of %s is that of the line %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});
