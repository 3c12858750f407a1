import { type Account, availablePoints, pendingPoints } from '../../shared/domain/loyalty/account.ts';
import { formatAmount } from '../../shared/domain/loyalty/arithmetic.ts';
import { newAccountRecord } from '../../shared/domain/loyalty/book-postings.ts';
import { newCause } from '../../shared/domain/loyalty/cause-facts.ts';
import { causeOfAdjustment, decideAdjustment } from '../../shared/domain/loyalty/decide-adjustment.ts';
import {
  type CommandDecision,
  causeOfRedemption,
  decideRedemption,
  decideRelease,
  type KnownRedemption,
  orderOfRedemption,
} from '../../shared/domain/loyalty/decide-redemption.ts';
import { type Entry, isEntry, type Note } from '../../shared/domain/loyalty/entries.ts';
import { tierOutlook } from '../../shared/domain/loyalty/tier-outlook.ts';
import { stampPolicy } from '../../shared/policy/check-policy.ts';
import type { Policies } from '../../shared/policy/policies.ts';
import type { Policy } from '../../shared/policy/policy.ts';
import { policyWith } from './policies.ts';
import {
  cancelled,
  checkedIn,
  completed,
  introduced,
  lifeOf,
  placed,
  returned,
  reviewed,
  shopAfter,
  type Told,
} from './shop-story.ts';

/** A row as it stands in the document: its line there and its cells by their column. */
export type Row = { line: number; cells: Record<string, string> };
type Table = { line: number; columns: string[]; rows: Row[] };

/** A worked example: what happens to member `ann`, row by row, under the policies that the tables above it state. */
export type Story = { line: number; columns: string[]; rows: Row[]; policies: Policies };
export type Rule = { line: number; title: string; stories: Story[] };
export type RuleBook = {
  rules: Rule[];
  /** The words that the document says its rows are written in, each with one example. */
  vocabulary: Row[];
  columns: Row[];
  ladder: Row[];
};

/** The member of every story. */
const MEMBER = 'ann';

/**
 * Reads the rules: every `## ` section is one, and its tables are told apart by their first column. A table of
 * settings or periods is for the story below it. Throws, with the line, where anything is not understood.
 */
export function readRules(markdown: string): RuleBook {
  const book: RuleBook = { rules: [], vocabulary: [], columns: [], ladder: [] };
  let settings: Row[] = [];
  let periods: Row[] = [];
  for (const part of partsOf(markdown)) {
    if ('title' in part) {
      if (settings.length + periods.length > 0) fail(part.line, 'The settings above are for no story.');
      if (/^\d+\. /.test(part.title)) book.rules.push({ ...part, stories: [] });
      continue;
    }
    const rule = book.rules.at(-1);
    const [first = ''] = part.columns;
    if (first === 'Setting') settings = part.rows;
    else if (first === 'Period') periods = part.rows;
    else if (first === 'In a table') book.vocabulary = part.rows;
    else if (first === 'Column') book.columns = part.rows;
    else if (first === 'Tier') book.ladder = part.rows;
    else if (first === 'When' && rule !== undefined) {
      const unknown = part.columns.find((column) => !(column in COLUMNS));
      if (unknown !== undefined) fail(part.line, `No column is called ${unknown}.`);
      if (!part.columns.includes('What happens') || part.columns.length < 3) fail(part.line, 'The story says nothing.');
      rule.stories.push({ ...part, policies: policiesOf(settings, periods) });
      settings = [];
      periods = [];
    } else fail(part.line, `This is no table of a rule: it begins with ${first}.`);
  }
  return book;
}

function fail(line: number, message: string): never {
  throw new Error(`Line ${line}: ${message}`);
}

function partsOf(markdown: string): (Table | { line: number; title: string })[] {
  const parts: (Table | { line: number; title: string })[] = [];
  let open: Table | undefined;
  markdown.split('\n').forEach((text, index) => {
    const line = index + 1;
    if (text.startsWith('## ')) parts.push({ line, title: text.slice(3) });
    if (!text.startsWith('|')) {
      if (open?.rows.length === 0) fail(open.line, 'The table has no rows.');
      open = undefined;
      return;
    }
    const cells = text
      .slice(1, text.lastIndexOf('|'))
      .split('|')
      .map((cell) => cell.trim());
    if (open === undefined) {
      open = { line, columns: cells, rows: [] };
      parts.push(open);
      return;
    }
    if (cells.every((cell) => /^-+:?$/.test(cell))) return;
    if (cells.length !== open.columns.length) fail(line, `${open.columns.length} cells are expected.`);
    const { columns } = open;
    open.rows.push({ line, cells: Object.fromEntries(columns.map((column, at) => [column, cells[at] ?? ''])) });
  });
  return parts;
}

/** The default policy with the settings put one after the other, each from its day. */
function policiesOf(settings: readonly Row[], periods: readonly Row[]): Policies {
  const document = policyWith();
  document.points.multipliers = periods.map(periodOf) as never;
  const at = (from: string) => settings.filter((row) => (row.cells.From ?? '') === from);
  const put = (rows: readonly Row[]): Policy => {
    for (const row of rows) set(document, row);
    return stampPolicy(structuredClone(document));
  };
  const first = put(at(''));
  const days = [...new Set(settings.map((row) => row.cells.From ?? '').filter((from) => from !== ''))];
  const later = days.map((from) => {
    const [row] = at(from);
    document.version = from.replaceAll(' ', '-').replaceAll(':', '.');
    return { fromMs: timeOf(from, first.timeZone, row?.line ?? 0), policy: put(at(from)) };
  });
  return [{ fromMs: Number.NEGATIVE_INFINITY, policy: first }, ...later];
}

/** Sets what a dotted path names; numbers are read as such, everything else is text. */
function set(document: object, { line, cells }: Row): void {
  const { Setting: path = '', Value: value = '' } = cells;
  const names = path.split('.');
  const last = names.pop() ?? '';
  let place = document as Record<string, unknown>;
  for (const name of names) {
    place[name] ??= {};
    place = place[name] as Record<string, unknown>;
  }
  if (last === '' || value === '') fail(line, 'A setting has a name and a value.');
  place[last] = /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value;
}

function periodOf({ line, cells }: Row) {
  const { Period: id, From: from = '', To: to = '', 'Points times': times, 'Only for': only = '' } = cells;
  const [, what, names] = /^(categories|brands) (.+)$/.exec(only) ?? [];
  if (only !== '' && names === undefined) fail(line, `It is not clear what ${only} is.`);
  return { id, from, to, factor: Number(times), ...(what !== undefined && { [what]: names?.split(', ') }) };
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const TIME = /^(\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d)(?::(\d\d)(?:\.(\d{3}))?)?(?: (UTC|[A-Z][a-z]+\/\w+))?$/;

/** Milliseconds of `5 Jan 2026 10:00`, by clocks in the shop unless a zone follows. */
function timeOf(text: string, shopZone: string, line: number): number {
  const [, day, month = '', year, hour, minute, second = 0, milli = 0, zone = shopZone] = TIME.exec(text) ?? [];
  if (day === undefined || !MONTHS.includes(month)) fail(line, `${text} is no time such as 5 Jan 2026 10:00.`);
  const shown = Date.UTC(...([year, MONTHS.indexOf(month), day, hour, minute, second, milli].map(Number) as [number]));
  if (new Date(shown).getUTCDate() !== Number(day)) fail(line, `${text} is on no calendar.`);
  // Where the clocks change about then, it is by one of the differences to UTC on either side.
  const away = [shown - 86_400_000, shown + 86_400_000].map((atMs) => shownMs(atMs, zone) - atMs);
  const instants = [...new Set(away)].map((ms) => shown - ms).filter((atMs) => shownMs(atMs, zone) === shown);
  if (instants.length !== 1) fail(line, `Clocks in ${zone} show ${text} ${instants.length === 0 ? 'never' : 'twice'}.`);
  return instants[0] ?? 0;
}

const clocks = new Map<string, Intl.DateTimeFormat>();

/** What clocks in a zone show at an instant, as if it were UTC. */
function shownMs(atMs: number, timeZone: string): number {
  const options = { timeZone, hourCycle: 'h23', dateStyle: 'short', timeStyle: 'medium' } as const;
  const clock = clocks.get(timeZone) ?? new Intl.DateTimeFormat('sv-SE', options);
  clocks.set(timeZone, clock);
  return Date.parse(`${clock.format(atMs).replace(' ', 'T')}Z`) + (((atMs % 1_000) + 1_000) % 1_000);
}

function timeText(atMs: number, timeZone: string): string {
  const shown = new Date(shownMs(atMs, timeZone));
  const date = `${shown.getUTCDate()} ${MONTHS[shown.getUTCMonth()]} ${shown.getUTCFullYear()}`;
  const clock = shown.toISOString().slice(11, 23);
  return `${date} ${clock.replace(/:00\.000$/, '').replace(/\.000$/, '')}`;
}

type Around = { time: string; rowId: string; policies: Policies; before: readonly Told[] };
/** What a row tells: a fact, nothing, or a command that is refused. */
type Telling = Told | { refused: string } | undefined;
type Phrase = { pattern: RegExp; tell: (parts: string[], around: Around, line: number) => Telling };

const ID = '([A-Z][A-Za-z0-9]*)';
const MONEY = '(\\d+(?:\\.\\d+)?)';

/** Everything that may stand under `What happens`. */
const PHRASES: Record<string, Phrase> = {
  placed: { pattern: new RegExp(`^order ${ID} placed: ([^;]+)((?:; .+)*)$`), tell: tellPlaced },
  delivered: {
    pattern: new RegExp(`^order ${ID} delivered$`),
    tell: ([orderId = ''], { time, rowId }) => completed(time, { id: rowId, orderId }),
  },
  returned: {
    pattern: new RegExp(`^order ${ID} returned: ((?:[a-z]+ \\d+(?:, )?)+)$`),
    tell: ([orderId = '', pieces = ''], { time, rowId }) => {
      const quantities = pieces.split(', ').map((piece) => piece.split(' '));
      const byLine = Object.fromEntries(quantities.map(([name, quantity]) => [name, Number(quantity)]));
      return returned(time, byLine, { id: rowId, orderId, returnId: rowId });
    },
  },
  cancelled: {
    pattern: new RegExp(`^order ${ID} cancelled$`),
    tell: ([orderId = ''], { time, rowId }) => cancelled(time, { id: rowId, orderId }),
  },
  redeemed: { pattern: new RegExp(`^redemption ${ID}: (\\d+) points(?: for order ${ID})?$`), tell: tellRedeemed },
  released: { pattern: new RegExp(`^redemption ${ID} undone$`), tell: tellReleased },
  checkedIn: { pattern: /^check-in$/, tell: (_, { time, rowId }) => checkedIn(time, { id: rowId }) },
  reviewed: {
    pattern: new RegExp(`^review ${ID} (submitted|published|rejected)$`),
    tell: ([reviewId = '', step], { time, rowId }) => reviewed(time, step as 'submitted', { id: rowId, reviewId }),
  },
  registered: {
    pattern: /^registered(?: in ([A-Z][a-z]+\/\w+))?(?:, brought by ([a-z]+))?$/,
    tell: ([timeZone, referredBy], { time, rowId }) =>
      introduced(time, { id: rowId, ...(timeZone && { timeZone }), ...(referredBy && { referredBy }) }),
  },
  adjusted: { pattern: /^desk (gives|takes) (\d+) points: (.+)$/, tell: tellAdjusted },
  timePasses: { pattern: /^time passes$/, tell: () => undefined },
};

/** Which phrase a row is written in. */
export function phraseOf(text: string): string | undefined {
  return Object.keys(PHRASES).find((name) => PHRASES[name]?.pattern.test(text));
}

/** The phrases and columns there are: a document that is read has to explain them all. */
export const phraseNames = (): string[] => Object.keys(PHRASES);
export const columnNames = (): string[] => Object.keys(COLUMNS);

const ITEM = new RegExp(
  `^([a-z]+) (?:(\\d+) x )?${MONEY}(?: less ${MONEY})?(?: of ([A-Z][A-Za-z/]*))?(?: by ([a-z]+))?$`,
);

function tellPlaced([orderId = '', items = '', rest = '']: string[], around: Around, line: number): Told {
  const { policies, time, rowId } = around;
  const [{ policy }] = policies;
  const extra: Record<string, unknown> = {};
  let currency = policy.currency;
  for (const part of rest.split('; ').slice(1)) {
    const [, shipping, tax, code, redemptionId] =
      new RegExp(`^(?:shipping ${MONEY}|tax ${MONEY}|in ([A-Z]{3})|with redemption ${ID})$`).exec(part) ??
      fail(line, `It is not clear what ${part} is.`);
    currency = code ?? currency;
    if (shipping !== undefined) extra.shipping = shipping;
    if (tax !== undefined) extra.tax = tax;
    if (redemptionId !== undefined) extra.redemptionId = redemptionId;
  }
  const digits = policy.currencies[currency]?.digits ?? fail(line, `The policy does not know ${currency}.`);
  const minor = (text: unknown) => minorUnits(String(text), digits, line);
  const lines = items.split(', ').map((item) => {
    const [, name = '', quantity = '1', price, discount, category, brandId] =
      ITEM.exec(item) ?? fail(line, `${item} is nothing to buy, such as kettle 2 x 12.99.`);
    return {
      lineId: name,
      productId: name,
      quantity: Number(quantity),
      unitPrice: minor(price),
      ...(discount !== undefined && { discount: minor(discount) }),
      ...(category !== undefined && { category }),
      ...(brandId !== undefined && { brandId }),
    };
  });
  if (extra.shipping !== undefined) extra.shipping = minor(extra.shipping);
  if (extra.tax !== undefined) extra.tax = minor(extra.tax);
  return placed(time, { id: rowId, orderId, currency, ...extra, lines });
}

function tellRedeemed([redemptionId = '', points, orderId]: string[], around: Around): Telling {
  const known = knownBy(around, causeOfRedemption(redemptionId), orderId);
  const command = { memberId: MEMBER, redemptionId, points: Number(points), orderId, hash: around.rowId };
  return outcomeOf(decideRedemption(known, command, around.policies, Date.parse(around.time)));
}

function tellReleased([redemptionId = '']: string[], around: Around): Telling {
  const causeId = causeOfRedemption(redemptionId);
  const { cause } = knownBy(around, causeId);
  const known = knownBy(around, causeId, orderOfRedemption(cause));
  return outcomeOf(decideRelease(known, redemptionId, around.policies, Date.parse(around.time)));
}

function tellAdjusted([verb, amount]: string[], around: Around): Telling {
  const { rowId: adjustmentId, policies, time } = around;
  const points = Number(amount) * (verb === 'gives' ? 1 : -1);
  const command = { memberId: MEMBER, adjustmentId, points, by: 'desk', hash: adjustmentId };
  const known = knownBy(around, causeOfAdjustment(adjustmentId));
  return outcomeOf(decideAdjustment(known, command, policies, Date.parse(time)));
}

/** What the shop knows when a command comes. */
function knownBy({ before, policies }: Around, causeId: string, orderId?: string): KnownRedemption {
  const { accounts, causes, orders } = shopAfter(before, policies);
  const record = newAccountRecord(MEMBER, policies);
  return {
    account: { ...record, account: accounts.get(MEMBER) ?? record.account },
    cause: causes.get(`${MEMBER} ${causeId}`) ?? newCause(MEMBER, causeId),
    order: orderId === undefined ? undefined : orders.get(orderId),
  };
}

/** The fact that a command comes to, or why it is refused. */
function outcomeOf(decision: CommandDecision<string, unknown>): Telling {
  if (decision.kind === 'refused') return { refused: decision.code };
  const fact = decision.kind === 'write' ? decision.cause.facts.at(-1) : undefined;
  if (decision.kind !== 'write' || fact === undefined) throw new Error(`A command came to this: ${decision.kind}.`);
  return { kind: 'cause', memberId: MEMBER, causeId: decision.cause.causeId, fact };
}

function minorUnits(text: string, digits: number, line: number): number {
  const [whole = '', fraction = ''] = text.split('.');
  if (fraction.length > digits) fail(line, `${text} has more than ${digits} decimals.`);
  return Number(whole) * 10 ** digits + Number(fraction.padEnd(digits, '0') || 0);
}

type Moment = { atMs: number; told: Told[]; refused?: string };

/** What has been told up to and with each row, and why a row's command is refused. */
export function toldBy(story: Story): Moment[] {
  const [{ policy }] = story.policies;
  const told: Told[] = [];
  return story.rows.map(({ line, cells }, index) => {
    const { When: when = '', 'What happens': text = '' } = cells;
    const atMs = timeOf(when, policy.timeZone, line);
    const phrase = PHRASES[phraseOf(text) ?? fail(line, `Nothing happens that is called ${text}.`)];
    const parts = phrase?.pattern.exec(text)?.slice(1) ?? [];
    const around = { time: new Date(atMs).toISOString(), rowId: `row-${index + 1}`, before: told, ...story };
    const next = phrase?.tell(parts, around, line);
    if (next !== undefined && 'refused' in next) {
      if (!story.columns.includes('Ledger')) fail(line, `It is refused (${next.refused}), and nothing says so.`);
      return { atMs, told: [...told], refused: next.refused };
    }
    if (next !== undefined) told.push(next);
    return { atMs, told: [...told] };
  });
}

type State = {
  account: Account;
  news: (Entry | Note)[];
  refused?: string | undefined;
  atMs: number;
  policies: Policies;
  text: string;
  when: string;
};

/** How each column is read off what the domain says. */
const COLUMNS: Record<string, (state: State) => string> = {
  When: ({ when }) => when,
  'What happens': ({ text }) => text,
  Pending: ({ account }) => String(pendingPoints(account)),
  Available: ({ account }) => String(availablePoints(account)),
  Debt: ({ account }) => String(account.debt),
  Tier: ({ account }) => account.tier.id,
  Ends: ({ account, policies }) =>
    account.lots.map(({ points, expiresAtMs }) => `${points} on ${endText(expiresAtMs, policies)}`).join(', '),
  Ledger: ({ news, refused }) =>
    [...news.filter(isEntry).map(entryText), ...(refused === undefined ? [] : [`refused: ${refused}`])].join('<br>'),
  News: ({ news, policies }) => notesText(news, policies),
  'Change of tier': ({ news, policies }) =>
    notesText(
      news.filter((it) => it.kind === 'tier'),
      policies,
    ),
  Spend: (state) => money(tierOutlook(state.account, state.atMs, state.policies).spend, state.policies),
  'To the next': (state) => {
    const { next } = tierOutlook(state.account, state.atMs, state.policies);
    return next === undefined ? '' : `${money(next.remaining, state.policies)} to ${next.id}`;
  },
  'To keep it': (state) => {
    const { keep } = tierOutlook(state.account, state.atMs, state.policies);
    if (keep === undefined) return '';
    const [{ policy }] = state.policies;
    const time = (atMs: number) => timeText(atMs, policy.timeZone);
    if (keep.remaining === undefined) return `nothing can: ${keep.otherwise} from ${time(keep.byMs)}`;
    const from = keep.fromMs === undefined ? '' : `from ${time(keep.fromMs)} `;
    return `${money(keep.remaining, state.policies)} ${from}by ${time(keep.byMs)}, else ${keep.otherwise}`;
  },
};

/** The row as the domain says it should be. */
export function rowOf(story: Story, index: number): Record<string, string> {
  const moments = toldBy(story);
  const [moment, earlier] = [moments[index], moments[index - 1]];
  const row = story.rows[index];
  if (moment === undefined || row === undefined) throw new Error(`There is no row ${index}.`);
  if (earlier !== undefined && earlier.atMs > moment.atMs) fail(row.line, 'It is told before its time.');
  const life = (upTo: Moment) => lifeOf(MEMBER, upTo.told, new Date(upTo.atMs).toISOString(), story.policies);
  const { account, entries } = life(moment);
  const known = earlier === undefined ? 0 : life(earlier).entries.length;
  const { When: when = '', 'What happens': text = '' } = row.cells;
  const { atMs, refused } = moment;
  const state: State = { account, news: entries.slice(known), refused, atMs, policies: story.policies, text, when };
  return Object.fromEntries(story.columns.map((column) => [column, COLUMNS[column]?.(state) ?? '']));
}

function entryText({ kind, points, state, arithmetic }: Entry): string {
  return `${kind} ${points > 0 ? '+' : ''}${points} ${state}: ${arithmetic}`;
}

function notesText(news: readonly (Entry | Note)[], policies: Policies): string {
  return news.flatMap((it) => (isEntry(it) ? [] : [noteText(it, policies)])).join('<br>');
}

function noteText(note: Note, policies: Policies): string {
  if (note.kind === 'tier') return `${note.from} to ${note.to} at ${money(note.spend, policies)} (${note.reason})`;
  if (note.kind === 'referral') return `${note.by} is due a reward`;
  return `${note.points} points end in ${note.days} days, on ${endText(note.expiresAtMs, policies)}`;
}

/** The day that something ends with in the shop. */
function endText(atMs: number, [{ policy }]: Policies): string {
  return timeText(atMs, policy.timeZone).replace(' 23:59:59.999', '');
}

function money(amount: number, [{ policy }]: Policies): string {
  return formatAmount(amount, policy.currencies[policy.currency]?.digits ?? 0);
}
