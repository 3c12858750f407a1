import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bookCause } from '../../functions/loyalty/book-cause.ts';
import { bookOrder } from '../../functions/loyalty/book-order.ts';
import { availablePoints, pendingPoints } from '../../shared/domain/loyalty/account.ts';
import { formatAmount } from '../../shared/domain/loyalty/arithmetic.ts';
import { isEntry } from '../../shared/domain/loyalty/entries.ts';
import { accountAt } from '../../shared/domain/loyalty/fold.ts';
import { currentPolicy } from '../../shared/policy/policy.ts';
import { allPages, memoryProfileStore } from '../support/memory-profile-store.ts';
import { columnNames, phraseNames, phraseOf, readRules, rowOf, type Story, toldBy } from '../support/rule-tables.ts';
import { factOf, shopAfter, type Told } from '../support/shop-story.ts';

const markdown = readFileSync(join(import.meta.dirname, '../../docs/loyalty-rules.md'), 'utf8');
const book = readRules(markdown);

/** What a shopkeeper may ask about, in the order of the document; none may go missing. */
const RULES = [
  'An order earns one point for each whole unit of currency',
  'The points of an order are shared over its lines',
  'Discounts lower what is earned; shipping and tax earn nothing',
  "Other currencies count at the shop's rate",
  'Points can be spent seven days after delivery',
  'Points end twelve months after they became available, at the end of that month',
  'A cancelled order takes back all it earned',
  'A return takes back exactly what its pieces earned',
  'What was spent and is taken back is owed',
  'An order keeps the rules it was placed under',
  'Ann pays with the points that end first',
  'Points pay at most half of an order',
  'An order that comes to nothing gives the points back that paid it',
  'A check-in earns ten points, once a day',
  'A review earns five points once it is published',
  'In a period of more points each line counts with its best factor',
  'The desk may give and take points',
  'Members are told 30 and 7 days before points end',
  'Tiers go by accumulated spend',
  'Spend makes the tier, never the points; what is returned is no spend',
  'A shop may judge tiers on the last twelve months',
  'Or on the calendar year',
  'A grace, and one step at a time',
  'Tiers follow a change of the policy',
  "Who brought a friend is due a reward when the friend's first order has stood its return window",
];

describe('the rules of points and tiers', () => {
  it('are all there, numbered, each with an example', () => {
    expect(book.rules.map(({ title }) => title)).toEqual(RULES.map((title, index) => `${index + 1}. ${title}`));
    for (const { title, stories } of book.rules) expect([title, stories.length]).not.toEqual([title, 0]);
  });

  it('are told in words that the document explains, all of them and no others', () => {
    const explained = book.vocabulary.map(({ cells }) => phraseOf(cells['In a table'] ?? ''));
    expect(explained).toEqual(phraseNames());
    expect(book.columns.map(({ cells }) => cells.Column)).toEqual(columnNames());
  });

  it('have the tiers of the default policy', () => {
    const { steps } = currentPolicy.tiers;
    expect(book.ladder.map(({ cells }) => cells)).toEqual(
      steps.map(({ id, threshold, discountPercent, benefits }) => ({
        Tier: id,
        'From a spend of': formatAmount(threshold, 2),
        Discount: `${discountPercent} %`,
        Benefits: benefits.join(', '),
      })),
    );
  });
});

const stories = book.rules.flatMap(({ title, stories }) =>
  stories.map((story) => ({ title, line: story.line, story })),
);

describe.each(stories)('$title (line $line)', ({ story }) => {
  it.each(story.rows.map((row, index) => ({ ...row, what: row.cells['What happens'], index })))(
    'line $line: $what',
    ({ cells, index }) => {
      expect(cells).toEqual(rowOf(story, index));
    },
  );

  it('comes out the same by the reactions, in time and backwards', async () => {
    const told = toldBy(story).at(-1)?.told ?? [];
    const expected = shopAfter(told, story.policies).accounts.get('ann');
    for (const arrival of [told, told.toReversed()]) {
      const { account, sums } = await booked(arrival, story);
      const horizonMs = Date.parse('2045-01-01');
      const later = (it: typeof account) => plain(accountAt(it, horizonMs, story.policies).account);
      expect(later(account)).toEqual(expected && later(expected));
      const { debt } = account;
      expect(sums).toEqual({ pending: pendingPoints(account), available: availablePoints(account), debt: 0 - debt });
    }
  });
});

const plain = (value: unknown) => JSON.parse(JSON.stringify(value)) as unknown;

/** Ann's account as the reactions write it, and what the entries of her journal sum to. */
async function booked(told: readonly Told[], { policies }: Story) {
  const profile = memoryProfileStore();
  const around = { profile, policies, nowMs: 0 };
  for (const fact of told.map(factOf)) {
    if (fact.kind === 'order') await bookOrder(fact.orderId, fact.fact, around);
    else if (fact.kind === 'cause') await bookCause(fact, around);
  }
  const record = profile.accounts.get('ann');
  if (record === undefined) throw new Error('nothing was booked');
  const sums = { pending: 0, available: 0, debt: 0 };
  for (const entry of [...allPages(profile.pages, 'ann'), ...record.journal.tail].filter(isEntry)) {
    sums[entry.state] += entry.points;
  }
  return { account: record.account, sums };
}

describe('a document that is not understood', () => {
  const page = (...lines: string[]) => `## 1. A rule\n\n${lines.join('\n')}\n`;
  const HEAD = ['| When | What happens | Pending |', '|---|---|---|'];
  const row = (when: string, what: string) => page(...HEAD, `| ${when} | ${what} | 0 |`);
  const NOON = '5 Jan 2026 12:00';
  const read = (text: string) => {
    for (const story of readRules(text).rules.flatMap((rule) => rule.stories)) {
      for (const index of story.rows.keys()) rowOf(story, index);
    }
  };

  it.each([
    { text: page('| Who | What |', '|---|---|', '| x | y |'), message: 'Line 3: This is no table of a rule' },
    {
      text: page('| When | What happens | Mood |', '|---|---|---|', '| x | y | z |'),
      message: 'No column is called Mood',
    },
    { text: page('| When | What happens |', '|---|---|', '| x | y |'), message: 'Line 3: The story says nothing' },
    { text: page(...HEAD), message: 'Line 3: The table has no rows' },
    { text: page(...HEAD, `| ${NOON} | check-in |`), message: 'Line 5: 3 cells are expected' },
    { text: row('Monday', 'check-in'), message: 'Line 5: Monday is no time such as' },
    { text: row('31 Feb 2026 12:00', 'check-in'), message: 'Line 5: 31 Feb 2026 12:00 is on no calendar' },
    { text: row('29 Mar 2026 01:30 Europe/London', 'check-in'), message: 'show 29 Mar 2026 01:30 Europe/London never' },
    { text: row('25 Oct 2026 01:30 Europe/London', 'check-in'), message: 'show 25 Oct 2026 01:30 Europe/London twice' },
    { text: row(NOON, 'redemption R: 1 points'), message: 'It is refused (insufficient_points), and nothing says so' },
    { text: row(NOON, 'order A eaten'), message: 'Line 5: Nothing happens that is called order A eaten' },
    { text: row(NOON, 'order A placed: two kettles'), message: 'Line 5: two kettles is nothing to buy' },
    { text: row(NOON, 'order A placed: kettle 1.999'), message: 'Line 5: 1.999 has more than 2 decimals' },
    { text: row(NOON, 'order A placed: kettle 1.00; at night'), message: 'Line 5: It is not clear what at night is' },
    { text: row(NOON, 'order A placed: kettle 1.00; in XAU'), message: 'Line 5: The policy does not know XAU' },
    {
      text: page(...HEAD, `| ${NOON} | check-in | 0 |`, '| 4 Jan 2026 12:00 | check-in | 0 |'),
      message: 'Line 6: It is told before its time',
    },
    {
      text: page('| Setting | Value |', '|---|---|', '| points.holdDays | -1 |', '', ...HEAD, '| x | y | 0 |'),
      message: 'points.holdDays',
    },
    {
      text: page('| Setting | Value |', '|---|---|', '| points.hold | 1 |', '', ...HEAD, '| x | y | 0 |'),
      message: 'hold',
    },
    {
      text: page('| Setting | Value |', '|---|---|', '| points.hold | |', '', ...HEAD, '| x | y | 0 |'),
      message: 'Line 5: A setting has a name and a value',
    },
    {
      text: `${page('| Setting | Value |', '|---|---|', '| points.holdDays | 1 |')}\n## 2. Next`,
      message: 'The settings above are for no story',
    },
  ])('$message', ({ text, message }) => {
    expect(() => read(text)).toThrow(message);
  });
});
