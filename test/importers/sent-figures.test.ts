import { expect, test } from 'vitest';
import { Progress } from '../../infra/importers/progress.ts';
import { SentFigures } from '../../infra/importers/sent-figures.ts';
import { formatTable } from '../../infra/importers/table.ts';
import { planOf } from './retail-export.ts';

test('what was sent is added up from the events as they pass', async () => {
  const plan = await planOf(
    '536365,85123A,WHITE MUG,6,2011-03-01 10:00:00,2.55,17850,UK',
    '536365,71053,LANTERN,2,2011-03-01 10:00:00,3.39,17850,UK',
    '536365,POST,POSTAGE,1,2011-03-01 10:00:00,18.00,17850,UK',
    '536366,85123A,WHITE MUG,1,2011-03-01 10:05:00,2.55,,UK',
    'C536400,85123A,WHITE MUG,-2,2011-03-09 10:00:00,2.55,17850,UK',
  );
  const sent = new SentFigures();
  expect([...sent.watch(plan.events())]).toEqual([...plan.events()]);
  expect(sent).toMatchObject({
    events: 7,
    firstTime: '2011-03-01T10:00:00Z',
    lastTime: '2011-03-09T10:00:00Z',
    memberOrders: 1,
    guestOrders: 1,
    returns: 1,
    unitsReturned: 2,
    memberNet: 6 * 255 + 2 * 339,
    memberReturnedNet: 2 * 255,
    guestNet: 255,
  });
  expect([...sent.members]).toEqual(['17850']);
});

test('a table has figures to the right and words to the left', () => {
  const rows = [
    [1234, 'orders', '5.00'],
    [7, 'of guests', '1,234.50'],
  ];
  expect(formatTable(rows, ['n', 'what', 'spend'])).toBe(
    ['      n  what          spend', '  1,234  orders         5.00', '      7  of guests  1,234.50'].join('\n'),
  );
  expect(formatTable([])).toBe('');
});

test('progress rewrites a line on a terminal and adds lines elsewhere, not too many', () => {
  const written = { terminal: '', log: '' };
  let nowMs = 0;
  const outputOf = (name: keyof typeof written) => ({
    columns: 10,
    write: (text: string | Uint8Array) => {
      written[name] += String(text);
      return true;
    },
  });
  const terminal = new Progress({ ...outputOf('terminal'), isTTY: true }, () => nowMs);
  const log = new Progress(outputOf('log'), () => nowMs);
  for (nowMs = 0; nowMs <= 5_000; nowMs += 50) {
    const line = `at ${nowMs} ms`;
    terminal.tell(line);
    log.tell(line);
  }
  terminal.end();
  log.tell('all done', { now: true });
  log.end();
  expect(written.terminal.match(/\r/g)).toHaveLength(52);
  expect(written.terminal).toContain('\r\u001B[Kat 100 ms');
  expect(written.terminal.endsWith('\r\u001B[Kat 5000 m\r\u001B[K')).toBe(true);
  expect(written.log).toBe('at 5000 ms\nall done\n');
});
