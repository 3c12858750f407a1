import { expect, test } from 'vitest';
import { planOnlineRetail } from '../../infra/importers/online-retail.ts';
import { productId } from '../../infra/importers/online-retail-events.ts';
import { classesOf, eventsOf, exportOf, figuresOf, inPieces, planOf } from './retail-export.ts';

const DAY = '2011-03-01 10:00:00';
const LATER = '2011-03-09 12:30:00';
const mug = `536365,85123A,WHITE MUG,6,${DAY},2.55,17850,United Kingdom`;

test('an invoice is one order, placed and completed at its time', async () => {
  const plan = await planOf(
    mug,
    `536365,71053,"LANTERN, ""OLD""",2,${DAY},3.39,17850,United Kingdom`,
    `536365,POST,POSTAGE,3,${DAY},18.00,17850,United Kingdom`,
    `536365,DOT,DOTCOM POSTAGE,1,${DAY},0.005,17850,United Kingdom`,
    `536365,71053,"LANTERN, ""OLD""",1,${DAY},0,17850,United Kingdom`,
  );
  const [placed] = eventsOf(plan, 'order.placed.v1');
  const [completed] = eventsOf(plan, 'order.completed.v1');
  expect(placed).toEqual({
    specversion: '1.0',
    id: 'online-retail:536365:placed',
    source: '/import/online-retail',
    type: 'order.placed.v1',
    time: '2011-03-01T10:00:00Z',
    subject: '536365',
    data: {
      orderId: '536365',
      memberId: '17850',
      channel: 'web',
      currency: 'GBP',
      lines: [
        { lineId: '1', productId: '85123A', quantity: 6, unitPrice: 255 },
        { lineId: '2', productId: '71053', quantity: 2, unitPrice: 339 },
        { lineId: '5', productId: '71053', quantity: 1, unitPrice: 0 },
      ],
      shipping: 5401,
    },
  });
  expect(completed).toEqual({
    specversion: '1.0',
    id: 'online-retail:536365:completed',
    source: '/import/online-retail',
    type: 'order.completed.v1',
    time: '2011-03-01T10:00:00Z',
    subject: '536365',
    data: { orderId: '536365', memberId: '17850' },
  });
  expect(classesOf(plan)).toEqual({ orderLine: 3, shipping: 2 });
});

test('an order without a customer is a guest order', async () => {
  const plan = await planOf(`536370,22728,ALARM CLOCK,1,${DAY},3.75,,France`);
  const [placed] = eventsOf(plan, 'order.placed.v1');
  expect(placed?.data).not.toHaveProperty('memberId');
  expect(placed?.data).not.toHaveProperty('anonymousId');
  expect(placed?.data).not.toHaveProperty('shipping');
  expect(classesOf(plan)).toEqual({ guestOrderLine: 1 });
  expect(figuresOf(plan)).toMatchObject({ orders: 1, guestOrders: 1, members: 0, customers: 0 });
});

test.each([
  ['shipping of an order', `536365,POST,POSTAGE,1,${DAY},18.00,17850,UK`, 'shipping'],
  ['shipping in lower case', `536365,c2,CARRIAGE,1,${DAY},50.00,17850,UK`, 'shipping'],
  ['shipping of an invoice without products', `536400,DOT,POSTAGE,1,${DAY},18.00,17850,UK`, 'shippingOfNoOrder'],
  ['a manual entry', `536365,M,Manual,1,${DAY},1.25,17850,UK`, 'noProduct'],
  ['a manual entry in lower case', `536365,m,Manual,1,${DAY},1.25,17850,UK`, 'noProduct'],
  ['a discount', `536365,D,Discount,1,${DAY},1.25,17850,UK`, 'noProduct'],
  ['samples', `536365,S,SAMPLES,1,${DAY},1.25,17850,UK`, 'noProduct'],
  ['a fee', `536400,AMAZONFEE,AMAZON FEE,1,${DAY},13541.33,,UK`, 'noProduct'],
  ['bank charges, any case', `536400,Bank Charges,Bank Charges,1,${DAY},15,,UK`, 'noProduct'],
  ['a commission', `536365,CRUK,CRUK Commission,1,${DAY},1,17850,UK`, 'noProduct'],
  ['pads', `536365,PADS,PADS TO MATCH ALL CUSHIONS,1,${DAY},0.001,17850,UK`, 'noProduct'],
  ['a bad debt', `536400,B,Adjust bad debt,1,${DAY},11062.06,,UK`, 'noProduct'],
  ['an A invoice', `A563185,B,Adjust bad debt,1,${DAY},11062.06,,UK`, 'bookkeeping'],
  ['an A invoice of a product', `A563185,85123A,WHITE MUG,1,${DAY},2.55,17850,UK`, 'bookkeeping'],
  ['a negative price', `536365,85123A,WHITE MUG,1,${DAY},-2.55,17850,UK`, 'bookkeeping'],
  ['a negative price under half a penny', `536365,85123A,WHITE MUG,1,${DAY},-0.001,17850,UK`, 'bookkeeping'],
  ['a stock adjustment', `536589,21777,damaged,-10,${DAY},0,,UK`, 'stockAdjustment'],
  ['a stock adjustment of nothing', `536365,85123A,WHITE MUG,0,${DAY},2.55,17850,UK`, 'stockAdjustment'],
  ['a refund of postage', `C536400,POST,POSTAGE,-1,${DAY},18.00,17850,UK`, 'returnOfNoProduct'],
  ['a discount given', `C536400,D,Discount,-1,${DAY},27.50,17850,UK`, 'returnOfNoProduct'],
  ['a return without a member', `C536400,85123A,WHITE MUG,-1,${LATER},2.55,,UK`, 'returnWithoutMember'],
  ['a return of what was never bought', `C536400,99999,TEAPOT,-1,${LATER},2.55,17850,UK`, 'returnUnmatched'],
  ['a return by another member', `C536400,85123A,WHITE MUG,-1,${LATER},2.55,17851,UK`, 'returnUnmatched'],
  ['a return before the order', `C536300,85123A,WHITE MUG,-1,2011-02-01 10:00:00,2.55,17850,UK`, 'returnUnmatched'],
  ['a return of more than was bought', `C536400,85123A,WHITE MUG,-7,${LATER},2.55,17850,UK`, 'returnPartly'],
  ['a return', `C536400,85123A,WHITE MUG,-6,${LATER},2.55,17850,UK`, 'returnMatched'],
])('%s is in one class', async (_, row, id) => {
  expect(classesOf(await planOf(mug, row))).toEqual({ orderLine: 1, [id]: 1 });
});

test.each([
  ['536365,85123A,WHITE MUG,6', 'there are 8 columns, not 4'],
  [`X1,85123A,MUG,6,${DAY},2.55,17850,UK`, 'InvoiceNo is no number with C, A or nothing before it'],
  [`536365,,MUG,6,${DAY},2.55,17850,UK`, 'StockCode has 1-40 characters'],
  [`536365,85123A,MUG,six,${DAY},2.55,17850,UK`, 'Quantity is no whole number'],
  [`536365,85123A,MUG,1.5,${DAY},2.55,17850,UK`, 'Quantity is no whole number'],
  [`536365,85123A,MUG,100001,${DAY},2.55,17850,UK`, 'Quantity is over 100000'],
  [`536365,85123A,MUG,6,01/03/2011 10:00,2.55,17850,UK`, 'InvoiceDate is no YYYY-MM-DD HH:MM:SS'],
  [`536365,85123A,MUG,6,2011-02-30 10:00:00,2.55,17850,UK`, 'InvoiceDate is no YYYY-MM-DD HH:MM:SS'],
  [`536365,85123A,MUG,6,${DAY},free,17850,UK`, 'UnitPrice is no decimal number'],
  [`536365,85123A,MUG,6,${DAY},10000001,17850,UK`, 'UnitPrice is over 10000000'],
  [`536365,85123A,MUG,6,${DAY},2.55,ann@example.com,UK`, 'CustomerID is no id'],
  [`536365,85123A,MUG,6,${DAY},2.55,17851,UK`, 'CustomerID is not that of the other rows of its invoice'],
  [`C536400,85123A,MUG,6,${LATER},2.55,17850,UK`, 'Quantity of a C invoice is not below 0'],
  [`536365,"85123A"x,MUG,6,${DAY},2.55,17850,UK`, 'text follows a closing quote'],
])('%s is malformed: %s', async (row, reason) => {
  const plan = await planOf(mug, row);
  expect(classesOf(plan)).toEqual({ orderLine: 1, malformed: 1 });
  expect(plan.report.malformed).toEqual([{ reason, rows: 1, firstRow: 3 }]);
  expect(plan.report.rows).toBe(2);
});

test('an invoice takes 2,000 rows, as many as an order has lines', async () => {
  const plan = await planOf(...Array.from({ length: 2_001 }, () => mug));
  expect(classesOf(plan)).toEqual({ orderLine: 2_000, malformed: 1 });
});

test.each([
  ['', 'The file is empty'],
  ['a,b,c\r\n', 'Row 1 is not the header'],
  ['"InvoiceNo\r\n', 'Row 1 is not the header'],
  [exportOf('x,y', 'z'), 'No row could be read; row 2: there are 8 columns, not 2.'],
])('%j is no export at all', async (text, message) => {
  await expect(planOnlineRetail(inPieces(text))).rejects.toThrow(message);
});

test('an export with a header alone has nothing in it', async () => {
  const plan = await planOf();
  expect(plan.report.rows).toBe(0);
  expect([...plan.events()]).toEqual([]);
});

test('a return goes to the latest earlier orders first, and on to those before', async () => {
  const order = (number: number, day: string, quantity: number): string =>
    `${number},85123A,WHITE MUG,${quantity},2011-03-${day} 10:00:00,2.55,17850,UK`;
  const plan = await planOf(
    order(536365, '01', 5),
    order(536366, '02', 3),
    order(536367, '03', 4),
    `C536368,85123A,WHITE MUG,-6,2011-03-04 09:00:00,2.55,17850,UK`,
    order(536369, '05', 9),
  );
  expect(eventsOf(plan, 'order.returned.v1')).toEqual([
    {
      specversion: '1.0',
      id: 'online-retail:C536368:536367:returned',
      source: '/import/online-retail',
      type: 'order.returned.v1',
      time: '2011-03-04T09:00:00Z',
      subject: '536367',
      data: {
        orderId: '536367',
        memberId: '17850',
        returnId: 'C536368:536367',
        lines: [{ lineId: '1', quantity: 4 }],
      },
    },
    expect.objectContaining({
      id: 'online-retail:C536368:536366:returned',
      data: expect.objectContaining({ orderId: '536366', lines: [{ lineId: '1', quantity: 2 }] }),
    }),
  ]);
  expect(figuresOf(plan)).toMatchObject({ returns: 2, unitsReturned: 6, unitsUnmatched: 0 });
});

test('what one return has taken is gone for the next, and the rest is counted', async () => {
  const plan = await planOf(
    mug,
    `C536400,85123A,WHITE MUG,-4,${LATER},2.55,17850,UK`,
    `C536401,85123A,WHITE MUG,-4,${LATER},2.55,17850,UK`,
    `C536402,85123A,WHITE MUG,-4,${LATER},2.55,17850,UK`,
    `C536403,85123A,WHITE MUG,-5,${LATER},2.55,,UK`,
  );
  expect(eventsOf(plan, 'order.returned.v1').map(({ data }) => data.lines)).toEqual([
    [{ lineId: '1', quantity: 4 }],
    [{ lineId: '1', quantity: 2 }],
  ]);
  expect(figuresOf(plan)).toMatchObject({ unitsReturned: 6, unitsUnmatched: 11, unitsUnmatchedNoMember: 5 });
  expect(classesOf(plan)).toEqual({
    orderLine: 1,
    returnMatched: 1,
    returnPartly: 1,
    returnUnmatched: 1,
    returnWithoutMember: 1,
  });
});

test('rows of one C invoice that reach one order are one return, its lines added up', async () => {
  const plan = await planOf(
    mug,
    `536365,71053,LANTERN,2,${DAY},3.39,17850,UK`,
    `C536400,85123A,WHITE MUG,-1,${LATER},2.55,17850,UK`,
    `C536400,71053,LANTERN,-2,${LATER},3.39,17850,UK`,
    `C536400,85123A,WHITE MUG,-2,${LATER},2.55,17850,UK`,
  );
  expect(eventsOf(plan, 'order.returned.v1').map(({ data }) => data.lines)).toEqual([
    [
      { lineId: '1', quantity: 3 },
      { lineId: '2', quantity: 2 },
    ],
  ]);
});

test('events come in order of time, whatever the order of the rows, and each product before its first order', async () => {
  const rows = [
    `536500,71053,LANTERN,1,${LATER},3.39,17850,UK`,
    `C536501,85123A,WHITE MUG,-1,2011-03-09 12:31:00,2.55,17850,UK`,
    mug,
    // The rest of an invoice may stand apart from its first row.
    `536500,85123A,MUG WITH ANOTHER NAME,1,2011-03-09 12:31:00,9.99,17850,UK`,
  ];
  const events = [...(await planOf(...rows)).events()];
  expect(events.map(({ type, subject, time }) => `${time} ${type} ${subject}`)).toEqual([
    '2011-03-01T10:00:00Z product.upserted.v1 85123A',
    '2011-03-01T10:00:00Z order.placed.v1 536365',
    '2011-03-01T10:00:00Z order.completed.v1 536365',
    '2011-03-09T12:30:00Z product.upserted.v1 71053',
    '2011-03-09T12:30:00Z order.placed.v1 536500',
    '2011-03-09T12:30:00Z order.completed.v1 536500',
    '2011-03-09T12:31:00Z order.returned.v1 536500',
  ]);
  expect(events[0]?.data).toEqual({
    productId: '85123A',
    name: 'WHITE MUG',
    categories: [],
    price: 255,
    currency: 'GBP',
  });
});

test('a product without a description is known by its code, and one that was free has no price', async () => {
  const [product] = eventsOf(await planOf(`536365,85123A,,6,${DAY},0,17850,UK`), 'product.upserted.v1');
  expect(product?.data).toEqual({ productId: '85123A', name: '85123A', categories: [] });
});

test('codes that differ in case are two products; a code that is no id becomes one', async () => {
  const plan = await planOf(mug, `536366,85123a,white mug,1,${DAY},2.55,17850,UK`);
  expect(figuresOf(plan).products).toBe(2);
  expect(productId('85123A')).toBe('85123A');
  expect(productId('MUG 1')).toMatch(/^MUG_1-[0-9a-f]{8}$/);
  expect(productId('MUG 1')).not.toBe(productId('MUG/1'));
});

test('the same export gives the same events, and a longer one only adds to them', async () => {
  const rows = [mug, `C536400,85123A,WHITE MUG,-6,${LATER},2.55,17850,UK`];
  const first = [...(await planOf(...rows)).events()];
  const longer = [...(await planOf(...rows, `536500,85123A,NEW NAME,1,${LATER},9.99,17850,UK`)).events()];
  expect([...(await planOf(...rows)).events()]).toEqual(first);
  expect(longer.slice(0, first.length)).toEqual(first);
  expect(new Set(longer.map(({ id }) => id)).size).toBe(longer.length);
});
