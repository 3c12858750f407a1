import { deflateRawSync, inflateRawSync } from 'node:zlib';

/**
 * Records are kept as compressed JSON in one attribute, because DynamoDB bills by the kilobyte: with a dictionary of
 * the words that every record has, a member's account or a ten-line order fits in one write unit. The first byte names
 * the dictionary; a dictionary is never changed, a better one gets the next number.
 */
const DICTIONARIES: readonly Buffer[] = [
  Buffer.from(
    [
      '{"identifications":[],"orderIds":["unitsReturned":,"cancelled":,"completed":',
      '"shipping":0,"tax":0,"redemptionId":"","couponIds":[""],"supplierId":"","brandId":"","category":"","discount":',
      '"reason":"","returnId":"","anonymousId":"","benefits":[],"corrects":"","from":"basic","to":"silver","to":"gold","kind":"tier"',
      '"lapsed":[{"expiresAtMs":1,"points":}],"debt":0,"tier":{"id":"basic","sinceMs":1},"firstOrderAtMs":1,"lastOrderAtMs":1,"activeSinceMs":1,',
      '"stage":{"id":"growing","sinceMs":"mature","new"},"taste":{"asOfMs":1,"categories":{},"brands":{},"priceBand":{"middle":,"low":,"high":},"channels":{"web":,"app":,"store":}}}',
      '"kind":"expire","eventType":"points.expiry","arithmetic":" points were not used in time","kind":"reverse","state":"debt","eventType":"order.cancelled.v1"',
      ' points of the order, held 7 days","eventType":"order.returned.v1","arithmetic":"line 1: floor( / ) = ","hold":{"availableAtMs":1,"expiresAtMs":1}',
      '"kind":"available","state":"available","points":,"eventType":"order.completed.v1","arithmetic":" points to spend""arithmetic":"the hold of  points has ended"',
      '{"last":{"atMs":1,"rank":0,"eventId":"","orderId":""},"lifetime":{"orders":,"spend":,"returned":0},"openPoints":0,"held":[{"orderId":"","eventId":"","points":,"policyStamp":"1-","availableAtMs":1,"expiresAtMs":1}],"lots":[{"expiresAtMs":1,"points":}]',
      '"terms":{"policyStamp":"1-","purchaseRate":1,"holdDays":7,"expiryMonths":12,"timeZone":"UTC","rate":1,"digits":2,"baseDigits":2,"priceBands":[{"id":"low","upTo":1000},{"id":"middle","upTo":5000},{"id":"high"}]},"bookedTo":{"kind":"member","memberId":"","kind":"guest"}',
      '{"orderId":"","facts":[{"kind":"placed","eventId":"","hash":"","atMs":1,"data":{"orderId":"","memberId":"","channel":"web","currency":"GBP","lines":[{"lineId":"1","productId":"","quantity":1,"unitPrice":},{"lineId":"2","productId":"","quantity":1,"unitPrice":}]}},{"kind":"completed","kind":"returned","kind":"cancelled"',
      '{"journal":{"count":1,"pages":0,"tail":[{"kind":"earn","state":"pending","points":,"atMs":1,"eventId":"","eventType":"order.placed.v1","subject":"","policyStamp":"1-","arithmetic":"floor( x 1) = ","seq":1},',
    ].join(''),
  ),
];

const CURRENT = DICTIONARIES.length - 1;

export function pack(value: unknown): Uint8Array {
  const dictionary = DICTIONARIES[CURRENT];
  const body = deflateRawSync(JSON.stringify(value), { level: 9, ...(dictionary && { dictionary }) });
  return Buffer.concat([Buffer.of(CURRENT), body]);
}

/**
 * Reads what `pack` wrote, as bytes or, as a stream hands them to a function, in base64. Throws where a newer release
 * wrote it, whose dictionary is not known here.
 */
export function unpack(packed: Uint8Array | string): unknown {
  const bytes = typeof packed === 'string' ? Buffer.from(packed, 'base64') : packed;
  const number = bytes[0] ?? -1;
  const dictionary = DICTIONARIES[number];
  if (dictionary === undefined)
    throw new Error(`A record was packed with dictionary ${number}, unknown to this release.`);
  return JSON.parse(inflateRawSync(bytes.subarray(1), { dictionary }).toString('utf8'));
}
